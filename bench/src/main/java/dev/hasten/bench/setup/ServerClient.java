package dev.hasten.bench.setup;

import dev.hasten.bench.http.Target;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests to the server under test that are not part of the load. */
final class ServerClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int LONGEST_MESSAGE = 300;

    private final Target target;
    private final HttpClient http;

    ServerClient(Target target) {
        this.target = target;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        this.http = (target.tls() == null ? builder : builder.sslContext(target.tls())).build();
    }

    /** Runs a statement. */
    void execute(String sql) throws IOException, InterruptedException {
        raw("executeRaw", "execute", sql);
    }

    /** Runs a query and returns its rows as text. */
    List<List<String>> query(String sql) throws IOException, InterruptedException {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : raw("queryRaw", "query", sql).path("data").path("rows")) {
            rows.add(row.valueStream().map(value -> value.asString("")).toList());
        }
        return rows;
    }

    /** Invalidates cached responses with a tag, if the server has a cache. */
    void invalidate(String tag) throws IOException, InterruptedException {
        HttpResponse<String> response = post("/invalidate", Map.of("tags", List.of(tag)));
        if (response.statusCode() != 200 && response.statusCode() != 404) {
            throw failure(response);
        }
    }

    private JsonNode raw(String operation, String node, String sql) throws IOException, InterruptedException {
        Map<String, Object> statement = Map.of("type", "rawSql", "sql", sql, "args", List.of(), "argTypes", List.of());
        HttpResponse<String> response = post(
                "/query",
                Map.of("operation", operation, "plan", Map.of("type", node, "args", statement), "params", Map.of()));
        if (response.statusCode() != 200) {
            throw failure(response);
        }
        return json(response.body());
    }

    private HttpResponse<String> post(String path, Object body) throws IOException, InterruptedException {
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(target.uri().resolve(path))
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .header("Authorization", "Bearer " + target.key())
                    .POST(HttpRequest.BodyPublishers.ofString(
                            JsonMapper.shared().writeValueAsString(body)))
                    .build();
        } catch (IllegalArgumentException e) {
            // The exception's own message would contain the key.
            throw new IOException("the API key contains characters that are not allowed in an HTTP header");
        }
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? "connection refused" : e.getMessage();
            throw new IOException("no response from " + target + " (" + reason + "): is the server running?", e);
        }
    }

    private IOException failure(HttpResponse<String> response) {
        JsonNode body = json(response.body());
        String message = body.path("message").asString("").replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ");
        String shown = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "...";
        return new IOException(target + " responded with " + response.statusCode()
                + (body.path("code").isString() ? " " + body.path("code").asString() : "")
                + (shown.isEmpty() ? "" : ": " + shown));
    }

    private static JsonNode json(String body) {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return JsonMapper.shared().missingNode();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
