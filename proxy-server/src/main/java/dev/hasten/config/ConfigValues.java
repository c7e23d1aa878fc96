package dev.hasten.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The data that the configuration records were built from: the inputs, and the effective value and origin of every
 * path. It is needed to describe and to extend a configuration.
 */
public final class ConfigValues {
    private final ConfigInputs inputs;
    private final Map<String, Value> byPath;

    ConfigValues(ConfigInputs inputs, Map<String, Value> byPath) {
        this.inputs = inputs;
        this.byPath = Collections.unmodifiableMap(new LinkedHashMap<>(byPath));
    }

    /**
     * An effective value.
     *
     * @param text the value as written in YAML, with secrets masked; empty if the key is unset
     */
    record Value(Optional<String> text, Origin origin) {}

    ConfigInputs inputs() {
        return inputs;
    }

    /** The effective values, in the order of {@link ConfigKeys#ALL}. */
    Map<String, Value> byPath() {
        return byPath;
    }

    /** The origin of the value at a full path, or empty if the path has no effective value. */
    public Optional<Origin> origin(String path) {
        return Optional.ofNullable(byPath.get(path)).map(Value::origin);
    }

    @Override
    public String toString() {
        return "ConfigValues" + byPath.keySet();
    }
}
