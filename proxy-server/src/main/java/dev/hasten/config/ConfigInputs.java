package dev.hasten.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values from all sources, as one flat map from path to text. If several sources set a key, the map contains the
 * value with the highest precedence.
 *
 * @param byPath in the order of reading; the path of a list element has its position or name in brackets
 * @param workingDirectory the directory that relative paths are resolved against
 */
record ConfigInputs(Map<String, Input> byPath, Path workingDirectory) {
    private static final Pattern DATABASE = Pattern.compile("databases\\.([^.]+)(\\..*)?");

    ConfigInputs {
        byPath = Collections.unmodifiableMap(new LinkedHashMap<>(byPath));
    }

    /**
     * The text of one key.
     *
     * @param text null if the source contains the key without a value, such as {@code key:} in YAML
     * @param formerPath the name that the source used, if the key was renamed; otherwise null
     */
    record Input(
            @Nullable String text, Origin origin, @Nullable String formerPath) {
        Input(@Nullable String text, Origin origin) {
            this(text, origin, null);
        }
    }

    /**
     * The inputs of one source, with the current names of renamed keys.
     *
     * @param problems receives a problem for each key that the source sets under both names
     */
    static Map<String, Input> withCurrentNames(Map<String, Input> source, List<ConfigProblem> problems) {
        Map<String, Input> inputs = new LinkedHashMap<>();
        source.forEach((path, input) -> {
            String current = ConfigKeys.renamed(path).orElse(path);
            if (!current.equals(path) && source.containsKey(current)) {
                problems.add(new ConfigProblem(
                        path,
                        null,
                        "the key was renamed to " + current + ", which is also set; remove the old name",
                        input.origin()));
            } else if (current.equals(path)) {
                inputs.put(path, input);
            } else {
                inputs.put(current, new Input(input.text(), input.origin(), path));
            }
        });
        return inputs;
    }

    /** A warning for each key that was set by a former name. */
    List<String> renameWarnings() {
        return byPath.entrySet().stream()
                .filter(entry -> entry.getValue().formerPath() != null)
                .map(entry -> "%s: this key was renamed to %s; the next release rejects the old name (%s)"
                        .formatted(
                                entry.getValue().formerPath(),
                                entry.getKey(),
                                entry.getValue().origin().label()))
                .toList();
    }

    Optional<Input> get(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    ConfigInputs with(String path, Input input) {
        Map<String, Input> inputs = new LinkedHashMap<>(byPath);
        inputs.put(path, input);
        return new ConfigInputs(inputs, workingDirectory);
    }

    /** The names of all databases that appear in a path, sorted. */
    Set<String> databases() {
        return databases(byPath.keySet());
    }

    static Set<String> databases(Set<String> paths) {
        Set<String> names = new TreeSet<>();
        for (String path : paths) {
            Matcher matcher = DATABASE.matcher(path);
            if (matcher.matches()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    /** Omits the values, which may be secret. */
    @Override
    public String toString() {
        return "ConfigInputs" + byPath.keySet();
    }
}
