package dev.hasten.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The audit log: API keys created and revoked, invalidations, schema changes, configuration changes, and what operators do. */
public record AuditConfig(
        @Setting(doc = "Audit log, with one line of JSON for each event. When unset, `audit.log` in `state_dir`.")
        @Nullable
        Path file,

        @Setting(
                value = "10mb",
                min = "100kb",
                max = "10gb",
                zero = "no file",
                doc = "Size at which the audit log is renamed to `audit.log.1`, which replaces the one before.")
        long maxBytes) {}
