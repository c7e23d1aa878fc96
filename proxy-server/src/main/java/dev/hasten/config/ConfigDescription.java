package dev.hasten.config;

import dev.hasten.config.ConfigValues.Value;
import java.util.regex.Pattern;

/** Writes effective values as YAML, one line per key, with the origin as a comment. */
final class ConfigDescription {
    // Anything else is quoted: "****" would be an alias in YAML, and a reserved word would be read as another type.
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./_][A-Za-z0-9./_:+@?=&%*-]*");
    private static final Pattern RESERVED = Pattern.compile("(?i)null|yes|no|on|off|y|n");

    private final StringBuilder yaml = new StringBuilder();
    private String[] open = {};

    private ConfigDescription() {}

    static String of(ConfigValues values) {
        ConfigDescription description = new ConfigDescription();
        values.byPath().forEach(description::line);
        if (values.byPath().keySet().stream().noneMatch(path -> path.startsWith(ConfigKeys.DATABASES))) {
            description.yaml.append("databases: {} # default\n");
        }
        return description.yaml.toString();
    }

    private void line(String path, Value value) {
        String[] segments = path.split("\\.", -1);
        int last = segments.length - 1;
        int indent = 0;
        boolean bullet = false;
        boolean same = true;
        for (int depth = 0; depth < last; depth++) {
            String segment = segments[depth];
            String name = nameOf(segment);
            boolean sameName =
                    same && depth < open.length - 1 && nameOf(open[depth]).equals(name);
            same = sameName && open[depth].equals(segment);
            if (!sameName) {
                yaml.append(" ".repeat(indent)).append(name).append(":\n");
            }
            indent += 2;
            if (!name.equals(segment)) {
                bullet = !same;
                indent += 2;
            }
        }
        // An unset key never comes first in a list element: every element starts with a key that is always set.
        yaml.append(" ".repeat(bullet ? indent - 2 : indent)).append(bullet ? "- " : "");
        if (value.text().isPresent()) {
            yaml.append(segments[last]).append(": ").append(scalar(value.text().get()));
            yaml.append(" # ").append(value.origin().label()).append('\n');
        } else {
            yaml.append("# ").append(segments[last]).append(" is not set\n");
        }
        open = segments;
    }

    private static String nameOf(String segment) {
        int bracket = segment.indexOf('[');
        return bracket < 0 ? segment : segment.substring(0, bracket);
    }

    private static String scalar(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !RESERVED.matcher(text).matches() && !text.endsWith(":");
        return plain ? text : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
