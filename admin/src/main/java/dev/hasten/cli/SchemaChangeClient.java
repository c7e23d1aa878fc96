package dev.hasten.cli;

import dev.hasten.config.KeyScope;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Notifies a server that the schema of a database has changed. */
final class SchemaChangeClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int LONGEST_MESSAGE = 300;

    private final HttpClient http;

    /** @param trusted trusted certificate authorities; null means Java's own trust store */
    SchemaChangeClient(@Nullable SSLContext trusted) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        this.http = (trusted == null ? builder : builder.sslContext(trusted)).build();
    }

    /**
     * Notifies the server and waits for its response.
     *
     * @return the response
     * @throws SchemaChangeException if the server did not accept the notification; the message states why
     */
    SchemaChangeResponse tell(SchemaChange hook) throws SchemaChangeException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(request(hook), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new SchemaChangeException(
                    "no response from " + hook.name() + " (" + reason(e) + ")" + advice(hook, e), e);
        }
        JsonNode body = json(response.body());
        if (response.statusCode() == 200 && body.path("schemaEpoch").isIntegralNumber()) {
            return new SchemaChangeResponse(
                    body.path("schemaEpoch").asLong(), body.path("database").asString("the key's database"));
        }
        throw new SchemaChangeException(failure(hook, response.statusCode(), body));
    }

    private static HttpRequest request(SchemaChange hook) throws SchemaChangeException {
        HttpRequest.Builder request = HttpRequest.newBuilder(hook.server().resolve("/schema/invalidate"))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(hook.body()));
        try {
            return request.header("Authorization", hook.authorization()).build();
        } catch (IllegalArgumentException e) {
            // The exception's own message would contain the key.
            throw new SchemaChangeException("the key or token for " + hook.name()
                    + " contains characters that are not allowed in an HTTP header");
        }
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case HttpTimeoutException _ -> "timed out";
            case ConnectException e when isUnresolved(e) -> "unknown host";
            case ConnectException _ -> "connection refused";
            case SSLException e -> "TLS: " + e.getMessage();
            default ->
                Objects.requireNonNullElse(
                        failure.getMessage(), failure.getClass().getSimpleName());
        };
    }

    private static boolean isUnresolved(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && (cause instanceof UnresolvedAddressException || isUnresolved(cause));
    }

    private static String advice(SchemaChange hook, IOException failure) {
        String advice = failure instanceof SSLException
                ? "check that the server uses TLS on this port and that its certificate is trusted; use --ca FILE for"
                        + " your own certificate authority"
                : hook.unreachableAdvice();
        return advice.isEmpty() ? "" : ": " + advice;
    }

    private static String failure(SchemaChange hook, int status, JsonNode body) {
        return switch (status) {
            case 200 -> hook.name() + " sent a response that is not from Hasten";
            case 401 -> hook.name() + " responded with 401: " + hook.unauthorizedAdvice();
            case 403 ->
                hook.name() + " responded with 403: the API key lacks the scope " + KeyScope.SCHEMA.text()
                        + "; `hasten keys create --name NAME --scope " + KeyScope.SCHEMA.text()
                        + "` creates one that has it";
            case 404 ->
                hook.name() + " responded with 404: it is not Hasten, or its version does not support this command";
            default -> {
                String message = printable(body.path("message").asString(""));
                yield hook.name() + " responded with " + status + (message.isEmpty() ? "" : ": " + message);
            }
        };
    }

    private static JsonNode json(String body) {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return JsonMapper.shared().missingNode();
        }
    }

    /** Shortens a text from another program to one printable line. */
    private static String printable(String text) {
        String line = text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
    }

    @Override
    public void close() {
        http.close();
    }
}
