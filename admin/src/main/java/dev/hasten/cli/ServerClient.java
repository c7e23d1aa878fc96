package dev.hasten.cli;

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

/** Calls a running server. */
final class ServerClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int LONGEST_MESSAGE = 300;

    /** The code of a response with status 404 if the path exists. */
    private static final String NOTHING_FOUND = "P6000";

    private final HttpClient http;

    /** @param trusted trusted certificate authorities; null means Java's own trust store */
    ServerClient(@Nullable SSLContext trusted) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        this.http = (trusted == null ? builder : builder.sslContext(trusted)).build();
    }

    /**
     * Sends a POST request.
     *
     * @param path absolute
     * @param body JSON, or empty
     * @return the response, a JSON object
     * @throws ServerClientException if there is no response with status 200; the message states why
     */
    JsonNode post(ServerPort port, String path, String body) throws ServerClientException, InterruptedException {
        return send(
                port,
                HttpRequest.newBuilder(port.server().resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Sends a GET request; the same as {@link #post} otherwise. */
    JsonNode get(ServerPort port, String path) throws ServerClientException, InterruptedException {
        return send(port, HttpRequest.newBuilder(port.server().resolve(path)).GET());
    }

    private JsonNode send(ServerPort port, HttpRequest.Builder request)
            throws ServerClientException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(authorized(port, request), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new ServerClientException(
                    "no response from " + port.name() + " (" + reason(e) + ")" + advice(port, e), e);
        }
        JsonNode body = json(response.body());
        if (response.statusCode() == 200 && body.isObject()) {
            return body;
        }
        throw new ServerClientException(failure(port, response.statusCode(), body));
    }

    private static HttpRequest authorized(ServerPort port, HttpRequest.Builder request) throws ServerClientException {
        try {
            return request.timeout(TIMEOUT)
                    .header("Authorization", port.authorization())
                    .build();
        } catch (IllegalArgumentException e) {
            // The exception's own message would contain the key.
            throw new ServerClientException("the key or token for " + port.name()
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

    private static String advice(ServerPort port, IOException failure) {
        String advice = failure instanceof SSLException
                ? "check that the server uses TLS on this port and that its certificate is trusted; use --ca FILE for"
                        + " your own certificate authority"
                : port.unreachableAdvice();
        return advice.isEmpty() ? "" : ": " + advice;
    }

    private static String failure(ServerPort port, int status, JsonNode body) {
        return switch (status) {
            case 200 -> notFromHasten(port);
            case 401 -> port.name() + " responded with 401: " + port.unauthorizedAdvice();
            case 403 -> port.name() + " responded with 403: " + port.forbiddenAdvice(message(body));
            default -> {
                boolean unsupported =
                        status == 404 && !body.path("code").asString("").equals(NOTHING_FOUND);
                String message =
                        unsupported ? "it is not Hasten, or its version does not support this command" : message(body);
                yield port.name() + " responded with " + status + (message.isEmpty() ? "" : ": " + message);
            }
        };
    }

    private static String message(JsonNode body) {
        return printable(body.path("message").asString(""));
    }

    /** The message for a response that makes no sense. */
    static String notFromHasten(ServerPort port) {
        return port.name() + " sent a response that is not from Hasten";
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
