package dev.hasten.admin;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.server.HastenServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server with its admin API on a real PostgreSQL, and a client for both of its ports. */
final class RunningServer implements AutoCloseable {
    static final String ADMIN_TOKEN = "the-admin-token-of-the-tests";
    static final String CONFIGURED_KEY = "the-configured-key-of-the-tests";

    final HastenServer server;
    final AdminServer admin;
    private final HttpClient client = HttpClient.newHttpClient();

    RunningServer(EmbeddedPostgres postgres, Path stateDir, Map<String, String> settings) {
        this("postgresql://postgres@localhost:" + postgres.getPort() + "/postgres", stateDir, settings);
    }

    RunningServer(String url, Path stateDir, Map<String, String> settings) {
        Map<String, String> values = new HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", "0",
                "admin_port", "0",
                "admin_token", ADMIN_TOKEN,
                "state_dir", stateDir.toString(),
                "drain_timeout", "0s",
                "databases.default.url", url));
        values.putAll(settings);
        Map<String, String> environment = Map.of("HASTEN_API_KEY", CONFIGURED_KEY);
        server = HastenServer.start(Config.load(new ConfigSources(null, environment, values, stateDir)));
        admin = AdminServer.start(server);
    }

    /** A response; a body is JSON. */
    record Reply(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    /** Calls the admin API with the token. */
    Reply admin(String method, String path, @Nullable String body) throws IOException, InterruptedException {
        return send(admin.url() + path, method, "Bearer " + ADMIN_TOKEN, body);
    }

    Reply admin(String path) throws IOException, InterruptedException {
        return admin("GET", path, null);
    }

    /** Calls the client port with an API key. */
    Reply query(String method, String path, String key, @Nullable String body)
            throws IOException, InterruptedException {
        return send("http://127.0.0.1:" + server.port() + path, method, "Bearer " + key, body);
    }

    /** Sends a query with a {@code cacheStrategy} to the client port. */
    Reply read(String key, String body, String cacheControl, String tags) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/query"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Cache-Control", cacheControl)
                .header("Accelerate-Cache-Tags", tags)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return new Reply(client.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    Reply send(String url, String method, @Nullable String authorization, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
        }
        return new Reply(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }

    @Override
    public void close() {
        client.close();
        admin.close();
        server.close();
    }
}
