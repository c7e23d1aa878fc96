package dev.hasten.config;

import java.time.Duration;

/** What is logged, and how. */
public record LogConfig(
        @Setting(value = "text", doc = "`text` for people, `json` for log collectors.")
        Format format,

        @Setting(value = "info", doc = "Least severe level that is logged.")
        Level level,

        @Setting(value = "1s", zero = "off", doc = "A query that takes longer is logged as slow.")
        Duration slowQuery,

        @Setting(value = "false", doc = "Log query parameters, which may be personal data, with slow queries.")
        boolean queryParameters) {
    /** Shape of a log line. */
    public enum Format {
        TEXT,
        JSON
    }

    /** Severity, least first. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
