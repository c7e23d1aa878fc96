package dev.hasten.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the records were made from: the inputs, and for every path the value in effect with its origin. Kept so that
 * a configuration can be described and extended.
 */
public final class ConfigValues {
    private final ConfigInputs inputs;
    private final Map<String, Value> byPath;

    ConfigValues(ConfigInputs inputs, Map<String, Value> byPath) {
        this.inputs = inputs;
        this.byPath = Collections.unmodifiableMap(new LinkedHashMap<>(byPath));
    }

    /**
     * A value in effect.
     *
     * @param text as YAML would carry it, secrets masked; empty when the key is unset
     */
    record Value(Optional<String> text, Origin origin) {}

    ConfigInputs inputs() {
        return inputs;
    }

    /** In the order of the table of keys. */
    Map<String, Value> byPath() {
        return byPath;
    }

    /** Where the value of a full path came from, or empty if no such key is in effect. */
    public Optional<Origin> origin(String path) {
        return Optional.ofNullable(byPath.get(path)).map(Value::origin);
    }

    @Override
    public String toString() {
        return "ConfigValues" + byPath.keySet();
    }
}
