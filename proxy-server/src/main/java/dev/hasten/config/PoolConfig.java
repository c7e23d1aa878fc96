package dev.hasten.config;

import java.time.Duration;

/** The connection pool of one database. */
public record PoolConfig(
        @Setting(
                value = "10",
                min = "1",
                max = "1000",
                urlParameter = "connection_limit",
                doc = "Most connections to PostgreSQL.")
        int size,

        @Setting(
                value = "10s",
                min = "1ms",
                zero = "no limit",
                urlParameter = "pool_timeout",
                doc = "Longest wait of a request for a connection; then P2024.")
        Duration timeout,

        @Setting(
                value = "1000",
                min = "1",
                max = "1000000",
                zero = "no request waits",
                doc = "Most requests that wait for a connection; one more is answered 429 at once.")
        int queue,

        // HikariCP replaces an idle timeout below 10 s and a lifetime below 30 s by its defaults.
        @Setting(value = "10m", min = "10s", zero = "never", doc = "An unused connection is closed after this.")
        Duration idleTimeout,

        @Setting(value = "30m", min = "30s", zero = "never", doc = "A connection is replaced at this age.")
        Duration maxLifetime,

        @Setting(
                value = "auto",
                doc = "Whether session state is reset before a connection is reused: `auto` when a statement may"
                        + " have changed it, `always`, or `never`.")
        Reset reset,

        @Setting(
                value = "500",
                min = "1",
                max = "100000",
                zero = "no server-prepared statements",
                urlParameter = "statement_cache_size",
                doc = "Most server-prepared statements of one connection.")
        int statementCache) {
    /** When a connection's session state is reset before it is used again. */
    public enum Reset {
        AUTO,
        ALWAYS,
        NEVER
    }
}
