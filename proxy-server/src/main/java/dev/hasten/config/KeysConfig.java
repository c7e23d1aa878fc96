package dev.hasten.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** API keys made at run time. The ones in the configuration are in {@link DatabaseConfig#keys()}. */
public record KeysConfig(
        @Setting(doc = "File with the API keys made by `hasten keys`. When unset, `keys.json` in `state_dir`.")
        @Nullable
        Path file) {}
