package dev.hasten.postgres;

import java.time.Duration;
import java.util.Properties;

/**
 * The options of a pool.
 *
 * @param name the database's name in the configuration, for logs and metrics
 */
public record PoolOptions(String name, Server server, Size size, Times times, Sessions sessions) {

    /**
     * The PostgreSQL server.
     *
     * @param host for error texts
     * @param port for error texts
     * @param jdbcUrl the URL for the driver; its values override {@code properties}
     * @param properties credentials, TLS and other driver properties
     */
    public record Server(String host, int port, String jdbcUrl, Properties properties) {}

    /**
     * How many may use the pool.
     *
     * @param connections maximum number of connections, 1 or more
     * @param idle number of idle connections that stay open, 0 to {@code connections}
     * @param waiting maximum number of requests that wait for a connection, 0 or more
     */
    public record Size(int connections, int idle, int waiting) {
        /** Checks the ranges. */
        public Size {
            if (connections < 1 || idle < 0 || idle > connections || waiting < 0) {
                throw new IllegalArgumentException(
                        "connections is %d, must be 1 or more; idle is %d, must be 0 to connections; waiting is %d, must be 0 or more"
                                .formatted(connections, idle, waiting));
            }
        }
    }

    /**
     * Time limits.
     *
     * @param maxWait how long a request may wait for a connection, more than 0
     * @param idle how long a connection may be idle before it is closed, 0 for no limit
     * @param lifetime how long a connection may be used before it is replaced, 0 for no limit
     */
    public record Times(Duration maxWait, Duration idle, Duration lifetime) {
        /** Checks the ranges. */
        public Times {
            if (!maxWait.isPositive() || idle.isNegative() || lifetime.isNegative()) {
                throw new IllegalArgumentException(
                        "maxWait is %s, must be positive; idle is %s and lifetime is %s, must not be negative"
                                .formatted(maxWait, idle, lifetime));
            }
        }
    }

    /**
     * The sessions of the pool.
     *
     * @param reset when a session is reset before it is used again
     * @param preparedStatements how many statements a session keeps prepared, 0 for none
     * @param resultBytes bytes of heap that the result of one statement may occupy, 1 or more
     */
    public record Sessions(Reset reset, int preparedStatements, long resultBytes) {
        /** Checks the ranges. */
        public Sessions {
            if (preparedStatements < 0 || resultBytes < 1) {
                throw new IllegalArgumentException(
                        "preparedStatements is %d, must be 0 or more; resultBytes is %d, must be 1 or more"
                                .formatted(preparedStatements, resultBytes));
            }
        }
    }

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
