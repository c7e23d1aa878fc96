package dev.hasten.cli;

import dev.hasten.config.KeyScope;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A port of a running server, with advice for the operator if a call fails. The texts never contain the key or token.
 */
sealed interface ServerPort {
    /** The base URL of the port. */
    URI server();

    /** The value of the {@code Authorization} header. */
    String authorization();

    /** The name of the port in messages. */
    String name();

    /** Advice if the server is unreachable; may be empty. */
    String unreachableAdvice();

    /** The likely reason if the server rejects the key or token. */
    String unauthorizedAdvice();

    /**
     * The likely reason if the server forbids a call.
     *
     * @param message the message of the server
     */
    String forbiddenAdvice(String message);

    /** The client port. The API key selects the database. */
    record ClientPort(URI server, String authorization) implements ServerPort {
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
        public String forbiddenAdvice(String message) {
            return "the API key lacks the scope " + KeyScope.SCHEMA.text()
                    + "; `hasten keys create --name NAME --scope " + KeyScope.SCHEMA.text()
                    + "` creates one that has it";
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /**
     * The admin API.
     *
     * @param tokenOrigin where the token was found
     * @param portOrigin how the port was determined
     * @param trusted what to trust; null if the port does not use TLS
     */
    record AdminPort(
            URI server,
            String authorization,
            String tokenOrigin,
            PortOrigin portOrigin,
            @Nullable SSLContext trusted) implements ServerPort {
        /** How certain it is that the port belongs to the intended server. */
        enum PortOrigin {
            /** Certain: the server uses this port or fails to start. */
            CONFIGURED,
            /** Uncertain: the server uses another port if this one was in use. */
            DEFAULT
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

        @Override
        public String forbiddenAdvice(String message) {
            return message;
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
