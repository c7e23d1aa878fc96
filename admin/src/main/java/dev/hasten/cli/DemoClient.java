package dev.hasten.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends the same requests as an app with Prisma Client. */
final class DemoClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private final String key;

    DemoClient(int port, String key) {
        this.server = URI.create("http://localhost:" + port);
        this.key = key;
    }

    /**
     * Posts a body that was recorded from {@code @prisma/client} 7.10: one of the JSON resources next to the
     * sample schema.
     */
    DemoReply post(String path, String resource) throws IOException, InterruptedException {
        return send(path, resource(resource), key);
    }

    /** Posts an empty body, as for a commit. */
    DemoReply post(String path) throws IOException, InterruptedException {
        return send(path, "", key);
    }

    /** Posts with a different API key. */
    DemoReply postAs(String otherKey, String path, String resource) throws IOException, InterruptedException {
        return send(path, resource(resource), otherKey);
    }

    /** Posts with a {@code cacheStrategy}, as {@code @prisma/extension-accelerate} sends it. */
    DemoReply postCached(String path, String resource, String cacheControl, String tags)
            throws IOException, InterruptedException {
        return send(path, resource(resource), key, "cache-control", cacheControl, "accelerate-cache-tags", tags);
    }

    private DemoReply send(String path, String body, String bearer, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new DemoReply(
                response.statusCode(),
                response.body(),
                response.headers().firstValue("accelerate-cache-status").orElse(""),
                response.headers().firstValue("age").orElse(""));
    }

    /** The text of a demo resource. */
    static String resource(String name) throws IOException {
        try (InputStream in = DemoClient.class.getResourceAsStream("demo/" + name)) {
            if (in == null) {
                throw new IOException("the demo has no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
