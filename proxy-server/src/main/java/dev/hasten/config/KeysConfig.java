package dev.hasten.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Storage of the API keys created at run time. Configured keys are in {@link DatabaseConfig#keys()}. */
public record KeysConfig(
        @Setting(doc = "File with the API keys created by `hasten keys`. When unset, `keys.json` in `state_dir`.")
        @Nullable
        Path file) {}
