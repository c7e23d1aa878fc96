package dev.hasten.cli;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An endpoint that is notified of a changed database schema, with advice for the operator if that fails. The texts
 * never contain the key or token.
 */
sealed interface SchemaChange {
    /** The base URL of the port. */
    URI server();

    /** The value of the {@code Authorization} header. */
    String authorization();

    /** The request body: JSON, or empty. */
    String body();

    /** The name of the endpoint in messages. */
    String name();

    /** Advice if the server is unreachable; may be empty. */
    String unreachableAdvice();

    /** The likely reason if the server rejects the key or token. */
    String unauthorizedAdvice();

    /** The client port. The API key selects the database. */
    record ClientPort(URI server, String authorization) implements SchemaChange {
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
     * @param database null means the only one
     * @param tokenOrigin where the token was found
     * @param portOrigin how the port was determined
     */
    record AdminPort(
            URI server, String authorization, @Nullable String database, String tokenOrigin, PortOrigin portOrigin)
            implements SchemaChange {
        /** How certain it is that the port belongs to the intended server. */
        enum PortOrigin {
            /** Certain: the server uses this port or fails to start. */
            CONFIGURED,
            /** Uncertain: the server uses another port if this one was in use. */
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
            return "the token " + tokenOrigin + " is not accepted by the server at this address" + otherPort(".");
        }

        private String otherPort(String end) {
            return switch (portOrigin) {
                case CONFIGURED -> end;
                case DEFAULT ->
                    end + " If port " + server.getPort()
                            + " was in use when the server started, it uses another one; pass the port that it printed"
                            + " at startup with --set admin_port=PORT";
            };
        }

        @Override
        public String toString() {
            return name();
        }
    }
}
