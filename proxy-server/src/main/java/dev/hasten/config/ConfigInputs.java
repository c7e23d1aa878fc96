package dev.hasten.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
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
     */
    record Input(@Nullable String text, Origin origin) {}

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
