package dev.hasten.cli;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a server can be told that the schema of a database has changed, and what its operator can do when that fails.
 * Its texts never hold the key or token.
 */
sealed interface SchemaHook {
    /** The root of the port. */
    URI server();

    /** The whole header. */
    String authorization();

    /** JSON or nothing. */
    String body();

    /** What answers there, for texts. */
    String name();

    /** What to do when nobody answers; "" when there is nothing to add. */
    String unreachableAdvice();

    /** What it means that the server does not accept the key or token. */
    String unauthorizedAdvice();

    /** The port of the clients. The key belongs to one database. */
    record ClientPort(URI server, String authorization) implements SchemaHook {
        @Override
        public String body() {
            return "";
        }

        @Override
        public String name() {
            return "Hasten at " + server;
        }

        @Override
        public String unreachableAdvice() {
            return "";
        }

        @Override
        public String unauthorizedAdvice() {
            return "the API key is unknown, revoked or expired";
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /**
     * The admin API.
     *
     * @param database null for the only one
     * @param tokenOrigin where the token stands
     * @param portOrigin how the port was found
     */
    record AdminPort(
            URI server, String authorization, @Nullable String database, String tokenOrigin, PortOrigin portOrigin)
            implements SchemaHook {
        /** How sure it is that the port is the one of the server that is meant. */
        enum PortOrigin {
            /** The server has it, or does not start. */
            CONFIGURED,
            /** The server has another one when this one was taken. */
            DEFAULT
        }

        @Override
        public String body() {
            return database == null ? "{}" : JsonMapper.shared().writeValueAsString(Map.of("database", database));
        }

        @Override
        public String name() {
            return "the admin API at " + server;
        }

        @Override
        public String unreachableAdvice() {
            return "is the server running" + otherPort("?");
        }

        @Override
        public String unauthorizedAdvice() {
            return "the token " + tokenOrigin + " is not the one of the server that listens there" + otherPort(".");
        }

        private String otherPort(String end) {
            return switch (portOrigin) {
                case CONFIGURED -> end;
                case DEFAULT ->
                    end + " If another program had port " + server.getPort() + " when it started, it took a free one,"
                            + " which its first lines name: give it with --set admin_port=PORT";
            };
        }

        @Override
        public String toString() {
            return name();
        }
    }
}
