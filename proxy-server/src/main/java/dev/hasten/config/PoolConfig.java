package dev.hasten.config;

import java.time.Duration;

/** The connection pool of one database. */
public record PoolConfig(
        @Setting(
                value = "10",
                min = "1",
                max = "1000",
                urlParameter = "connection_limit",
                doc = "Maximum number of connections to PostgreSQL.")
        int size,

        @Setting(
                value = "2",
                min = "1",
                max = "1000",
                zero = "none",
                doc = "Number of idle connections that stay open, at most `size`. With 0, the first request after"
                        + " a pause waits for a new connection; useful for a server with many databases.")
        int minIdle,

        @Setting(
                value = "10s",
                min = "1ms",
                zero = "no limit",
                urlParameter = "pool_timeout",
                doc = "Maximum time a request waits for a connection; then it fails with P2024.")
        Duration timeout,

        @Setting(
                formerly = "queue",
                value = "1000",
                min = "1",
                max = "1000000",
                zero = "no request waits",
                doc = "Maximum number of requests waiting for a connection. Further ones get status 429 immediately.")
        int maxWaiting,

        // The minimums are HikariCP's: it replaces an idle timeout below 10 s and a lifetime below 30 s with
        // its defaults.
        @Setting(value = "10m", min = "10s", zero = "never", doc = "An idle connection is closed after this time.")
        Duration idleTimeout,

        @Setting(value = "30m", min = "30s", zero = "never", doc = "A connection is replaced when it reaches this age.")
        Duration maxLifetime,

        @Setting(
                value = "auto",
                doc = "Whether session state is reset before a connection is reused: `auto` when a statement may"
                        + " have changed it, `always`, or `never`.")
        Reset reset,

        @Setting(
                formerly = "statement_cache",
                value = "500",
                min = "1",
                max = "100000",
                zero = "no server-prepared statements",
                urlParameter = "statement_cache_size",
                doc = "Maximum number of server-prepared statements per connection.")
        int maxPreparedStatements) {
    /** When a connection's session state is reset before the connection is reused. */
    public enum Reset {
        AUTO,
        ALWAYS,
        NEVER
    }
}
