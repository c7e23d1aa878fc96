package dev.hasten.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a configuration. Flags override environment variables, which override the file, which overrides
 * the defaults.
 *
 * @param file the YAML file; null means the file named by {@code HASTEN_CONFIG}, or no file if that is unset
 * @param environment the process environment; only {@code HASTEN_*} and {@code DATABASE_URL} are read
 * @param flags values by dotted key, for example {@code http.max_body_bytes}
 * @param workingDirectory the directory that relative paths are resolved against
 */
public record ConfigSources(
        @Nullable Path file, Map<String, String> environment, Map<String, String> flags, Path workingDirectory) {
    public ConfigSources {
        environment = Map.copyOf(environment);
        flags = Map.copyOf(flags);
    }

    /** Omits the values, which may be secret. */
    @Override
    public String toString() {
        return "ConfigSources[file=" + file + ", flags=" + flags.keySet() + "]";
    }
}
