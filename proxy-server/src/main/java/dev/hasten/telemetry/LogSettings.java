package dev.hasten.telemetry;

import dev.hasten.config.LogConfig;

/** The log settings in force, which can change while the server runs. Thread-safe. */
public final class LogSettings {
    private volatile LogConfig current;

    public LogSettings(LogConfig config) {
        this.current = config;
    }

    /** The settings in force. */
    public LogConfig current() {
        return current;
    }

    /** Applies other settings. The level and format of the log are not changed. */
    public void apply(LogConfig config) {
        current = config;
    }
}
