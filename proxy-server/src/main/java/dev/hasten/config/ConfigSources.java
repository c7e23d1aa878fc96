package dev.hasten.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration is read from. A flag beats the environment, which beats the file, which beats the default.
 *
 * @param file the YAML file; null leaves the choice to {@code HASTEN_CONFIG}, and without that no file is read
 * @param environment the process environment; variables that are neither {@code HASTEN_*} nor an alias are ignored
 * @param flags values by dotted key, for example {@code http.body_bytes}
 * @param workingDirectory what relative paths are relative to
 */
public record ConfigSources(
        @Nullable Path file, Map<String, String> environment, Map<String, String> flags, Path workingDirectory) {
    public ConfigSources {
        environment = Map.copyOf(environment);
        flags = Map.copyOf(flags);
    }

    /** Names the sources without their values, which may be secret. */
    @Override
    public String toString() {
        return "ConfigSources[file=" + file + ", flags=" + flags.keySet() + "]";
    }
}
