package dev.hasten.postgres;

import java.time.Duration;
import java.util.Properties;

/**
 * The options of a pool.
 *
 * @param name the database's name in the configuration, for logs and metrics
 * @param host the host of PostgreSQL
 * @param port the port of PostgreSQL
 * @param jdbcUrl the URL for the driver; its values override {@code properties}
 * @param properties credentials, TLS and other driver properties
 * @param size maximum number of connections, 1 or more
 * @param timeout how long a request may wait for a connection
 * @param queue how many requests may wait at the same time
 * @param idleTimeout how long a connection may be idle before it is closed
 * @param maxLifetime how long a connection may be used before it is replaced
 * @param reset when a session is reset before it is used again
 * @param preparedStatements how many statements a session keeps prepared, 0 for none
 * @param resultBytes bytes of heap that the result of one statement may occupy
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

    /** When a session is reset before another request may use it. */
    public enum Reset {
        /**
         * After statements that may have changed the session, according to their text or to the changed settings that
         * PostgreSQL reports.
         */
        AUTO,
        /** After every use. */
        ALWAYS,
        /** Never. Only for databases whose clients are known not to change sessions. */
        NEVER
    }
}
