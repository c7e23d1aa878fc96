package dev.hasten.config;

import java.time.Duration;

/** The log settings. */
public record LogConfig(
        @Setting(value = "text", doc = "Format of log lines: `text` for people, `json` for log collectors.")
        Format format,

        @Setting(value = "info", doc = "Lowest level that is logged.")
        Level level,

        @Setting(value = "1s", zero = "off", doc = "SQL statements that take at least this long are logged as slow.")
        Duration slowQuery,

        @Setting(
                value = "false",
                doc = "Whether slow statements are logged with their parameters, which may contain personal data.")
        boolean queryParameters) {
    /** The format of a log line. */
    public enum Format {
        TEXT,
        JSON
    }

    /** Severity, lowest first. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
