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
                doc =
                        "Whether slow statements are logged with their parameters and literals, which may contain personal"
                                + " data.")
        boolean queryParameters,

        @Setting(value = "false", doc = "Whether each request is logged when it is completed (the access log).")
        boolean access,

        @Setting(
                value = "10",
                min = "1",
                max = "10000",
                zero = "none",
                doc = "How many failed requests are logged per minute, for each API key and error code. The others are"
                        + " counted.")
        int failuresPerMinute) {
    /** Settings for commands that do not start a server of their own: only errors. */
    public static LogConfig errorsOnly() {
        return new LogConfig(Format.TEXT, Level.ERROR, Duration.ZERO, false, false, 0);
    }

    /** The same settings with another level. */
    public LogConfig withLevel(Level other) {
        return new LogConfig(format, other, slowQuery, queryParameters, access, failuresPerMinute);
    }

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
