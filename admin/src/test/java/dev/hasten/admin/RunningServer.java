package dev.hasten.admin;

import dev.hasten.server.HastenServer;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server with its admin API, and a client for both of its ports. Like a {@link TestServer}, it is registered as an
 * extension or started in a test.
 */
final class RunningServer implements BeforeAllCallback, BeforeEachCallback, AutoCloseable {
    /** The URL of a database that does not exist. */
    static final String NOWHERE = "postgresql://nobody@127.0.0.1:1/none";

    static final String ADMIN_TOKEN = "the-admin-token-of-the-tests";

    private final TestServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable AdminServer admin;

    private RunningServer(TestServer server) {
        this.server =
                server.with("admin_port", 0).with("admin_token", ADMIN_TOKEN).with("drain_timeout", "0s");
    }

    /** Returns a server for a database. */
    static RunningServer on(TestPostgres postgres) {
        return new RunningServer(TestServer.on(postgres));
    }

    /** Returns a server whose database cannot be reached. */
    static RunningServer withoutDatabase() {
        return new RunningServer(TestServer.on(NOWHERE));
    }

    /** Sets a configuration key before the start, as in {@link TestServer#with}. */
    RunningServer with(String key, Object value) {
        server.with(key, value);
        return this;
    }

    /** Starts the server and its admin API on free ports. */
    RunningServer start() {
        server.start();
        admin = AdminServer.start(server.server());
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws SQLException {
        server.beforeAll(context);
        startDuring(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        server.beforeEach(context);
        startDuring(context);
    }

    private void startDuring(ExtensionContext context) {
        if (admin == null) {
            admin = AdminServer.start(server.server());
            context.getStore(Namespace.create(RunningServer.class)).put(this, this);
        }
    }

    HastenServer server() {
        return server.server();
    }

    AdminServer admin() {
        return Objects.requireNonNull(admin);
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
        return send(admin().url() + path, method, "Bearer " + ADMIN_TOKEN, body);
    }

    Reply admin(String path) throws IOException, InterruptedException {
        return admin("GET", path, null);
    }

    /** Calls the client port with an API key. */
    Reply query(String method, String path, String key, @Nullable String body)
            throws IOException, InterruptedException {
        return send("http://127.0.0.1:" + server().port() + path, method, "Bearer " + key, body);
    }

    /** Sends a query with a {@code cacheStrategy} to the client port. */
    Reply read(String key, String body, String cacheControl, String tags) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server().port() + "/query"))
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

    /** Reads the first server-sent events of a stream. */
    List<String> events(String path, int count) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin().url() + path))
                .header("Authorization", "Bearer " + ADMIN_TOKEN)
                .build();
        List<String> events = new ArrayList<>();
        try (var lines =
                client.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
            StringBuilder event = new StringBuilder();
            var line = lines.iterator();
            while (events.size() < count && line.hasNext()) {
                String text = line.next();
                if (text.isEmpty()) {
                    events.add(event.toString());
                    event.setLength(0);
                } else {
                    event.append(event.isEmpty() ? "" : "\n").append(text);
                }
            }
        }
        return events;
    }

    @Override
    public void close() {
        client.close();
        admin().close();
        server.close();
    }
}
