package dev.hasten.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small client of the remote-executor protocol. It waits at most a minute for a response, and never retries. */
public final class Client {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final IntSupplier port;
    private final String key;

    /** Creates a client. The port is read for each request, so the server may start later. */
    Client(IntSupplier port, String key) {
        this.port = port;
        this.key = key;
    }

    /** Runs a plan without parameters. */
    public Reply query(Map<String, ?> plan) {
        return query(plan, Map.of());
    }

    /** Runs a plan. */
    public Reply query(Map<String, ?> plan, Map<String, ?> parameters) {
        return post("/query", body(plan, parameters));
    }

    /** Runs a plan with a {@code cache-control} header, as the extension for Accelerate sends it. */
    public Reply cachedQuery(Map<String, ?> plan, String cacheControl, String... tags) {
        return post("/query", body(plan, Map.of()).getBytes(UTF_8), cacheHeaders(cacheControl, tags));
    }

    /** Like {@link #cachedQuery}, without waiting for the response. */
    public CompletableFuture<Reply> cachedQueryLater(Map<String, ?> plan, String cacheControl, String... tags) {
        return postLater("/query", body(plan, Map.of()), cacheHeaders(cacheControl, tags));
    }

    private static Map<String, String> cacheHeaders(String cacheControl, String... tags) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("cache-control", cacheControl);
        if (tags.length > 0) {
            headers.put("accelerate-cache-tags", String.join(",", tags));
        }
        return headers;
    }

    /** Runs a plan without waiting for the response. */
    public CompletableFuture<Reply> queryLater(Map<String, ?> plan) {
        return postLater("/query", body(plan, Map.of()));
    }

    /** Starts a transaction and returns its id. */
    public String startTransaction(Map<String, ?> options) {
        Reply reply = post("/transaction/start", JSON.writeValueAsString(options));
        if (reply.status() != 200) {
            throw new AssertionError("no transaction: " + reply);
        }
        return reply.json().get("id").stringValue();
    }

    /** Runs a plan in a transaction. */
    public Reply query(String transaction, Map<String, ?> plan) {
        return post("/transaction/" + transaction + "/query", body(plan, Map.of()));
    }

    /** Runs a plan in a transaction without waiting for the response. */
    public CompletableFuture<Reply> queryLater(String transaction, Map<String, ?> plan) {
        return postLater("/transaction/" + transaction + "/query", body(plan, Map.of()));
    }

    /** Commits a transaction. */
    public Reply commit(String transaction) {
        return post("/transaction/" + transaction + "/commit", "");
    }

    /** Rolls a transaction back. */
    public Reply rollback(String transaction) {
        return post("/transaction/" + transaction + "/rollback", "");
    }

    /** Returns the body of a query. */
    public static String body(Map<String, ?> plan, Map<String, ?> parameters) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", "Item");
        body.put("operation", "findMany");
        body.put("plan", plan);
        body.put("params", parameters);
        return JSON.writeValueAsString(body);
    }

    /** Posts JSON. */
    public Reply post(String path, String body) {
        return post(path, body.getBytes(UTF_8), Map.of());
    }

    /** Posts bytes with additional headers. */
    public Reply post(String path, byte[] body, Map<String, String> headers) {
        return send(request(path, headers).POST(publisher(body)).build());
    }

    /** Posts JSON with only these headers, without the key. */
    public Reply withoutKey(String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.getAsInt() + path))
                .timeout(PATIENCE);
        headers.forEach(request::setHeader);
        return send(request.POST(publisher(body.getBytes(UTF_8))).build());
    }

    /** Posts JSON without waiting for the response. Cancelling the future closes the connection. */
    public CompletableFuture<Reply> postLater(String path, String body) {
        return postLater(path, body, Map.of());
    }

    private CompletableFuture<Reply> postLater(String path, String body, Map<String, String> headers) {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(
                request(path, headers).POST(publisher(body.getBytes(UTF_8))).build(), BodyHandlers.ofByteArray());
        CompletableFuture<Reply> reply = sent.thenApply(Reply::of);
        var _ = reply.whenComplete((_, _) -> {
            if (reply.isCancelled()) {
                sent.cancel(true);
            }
        });
        return reply;
    }

    /** Sends a request. */
    public Reply call(String method, String path, String body) {
        return send(request(path, Map.of())
                .method(method, publisher(body.getBytes(UTF_8)))
                .build());
    }

    /** Gets a path. */
    public Reply get(String path) {
        return send(request(path, Map.of()).GET().build());
    }

    private static BodyPublisher publisher(byte[] body) {
        return body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    }

    private HttpRequest.Builder request(String path, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.getAsInt() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json");
        headers.forEach(request::setHeader);
        return request;
    }

    private Reply send(HttpRequest request) {
        try {
            return Reply.of(http.send(request, BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A response. */
    public record Reply(int status, String text, Map<String, String> headers) {
        static Reply of(HttpResponse<byte[]> response) {
            Map<String, String> headers = new LinkedHashMap<>();
            response.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
            return new Reply(response.statusCode(), new String(response.body(), UTF_8), headers);
        }

        /** Returns the body as JSON. */
        public JsonNode json() {
            return JSON.readTree(text);
        }

        /** Returns the JSON text of {@code data}; fails if the response is an error or has no data. */
        public String data() {
            JsonNode data = json().get("data");
            if (status != 200 || data == null) {
                throw new AssertionError("no data: " + this);
            }
            return data.toString();
        }

        /** Returns the code of an error, "" if it is not an error. */
        public String code() {
            JsonNode code = json().get("code");
            return code == null ? "" : code.stringValue();
        }

        /** Returns the message of an error, "" if it is not an error. */
        public String error() {
            JsonNode error = json().get("error");
            return error == null ? "" : error.stringValue();
        }

        /** Returns the cache status, "" if the response has none. */
        public String cacheStatus() {
            String status = header("accelerate-cache-status");
            return status == null ? "" : status;
        }

        /** Returns a header, null if it is missing. */
        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(java.util.Locale.ROOT));
        }

        @Override
        public String toString() {
            return status + " " + (text.length() > 1000 ? text.substring(0, 1000) + "..." : text);
        }
    }
}
