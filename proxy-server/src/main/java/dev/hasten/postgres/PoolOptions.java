package dev.hasten.postgres;

import java.time.Duration;
import java.util.Properties;

/**
 * What a pool needs to know.
 *
 * @param name the database's name in the configuration, for logs and meters
 * @param host where PostgreSQL listens
 * @param port its port
 * @param jdbcUrl for the driver; properties win over it
 * @param properties credentials, TLS and other driver properties
 * @param size connections at most, 1 or more
 * @param timeout how long a request may wait for a connection
 * @param queue how many requests may wait at the same time
 * @param idleTimeout after which an unneeded connection is closed
 * @param maxLifetime after which a connection is replaced
 * @param reset when a session is reset before it is used again
 * @param preparedStatements statements that a session keeps prepared, 0 for none
 * @param resultBytes bytes that one statement may return
 */
public record PoolOptions(
        String name,
        String host,
        int port,
        String jdbcUrl,
        Properties properties,
        int size,
        Duration timeout,
        int queue,
        Duration idleTimeout,
        Duration maxLifetime,
        Reset reset,
        int preparedStatements,
        long resultBytes) {

    /** When a session is reset before somebody else may use it. */
    public enum Reset {
        /** After statements that may have changed it, as far as their text tells. */
        AUTO,
        /** After every use. */
        ALWAYS,
        /** Never; only for databases whose clients are known to leave sessions alone. */
        NEVER
    }
}
