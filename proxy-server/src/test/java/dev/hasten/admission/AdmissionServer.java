package dev.hasten.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.activity.RunningRequests;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.auth.KeyMeters;
import dev.hasten.config.KeyScope;
import dev.hasten.config.LogConfig;
import dev.hasten.deadline.Watchdog;
import dev.hasten.http.HttpLimits;
import dev.hasten.http.HttpServer;
import dev.hasten.http.HttpServerOptions;
import dev.hasten.http.RequestObserver;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.http.TrustedProxies;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.PoolOptions;
import dev.hasten.protocol.ApiError;
import dev.hasten.telemetry.LogSettings;
import dev.hasten.telemetry.Metrics;
import dev.hasten.telemetry.RequestTelemetry.StatementLog;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server whose routes do what a test wants. Its database cannot be reached, and is not needed to admit requests. */
final class AdmissionServer implements AutoCloseable {
    /** Small enough that a test can exhaust it. */
    static final long MEMORY_BYTES = 16 << 20;

    private static final Duration LONG = Duration.ofMinutes(5);

    final ApiKeys keys;
    final RequestRunner runner;
    final Watchdog watchdog = new Watchdog();
    final MemoryBudget memory = new MemoryBudget(MEMORY_BYTES, List.of("default", "other"));

    /** Returns the body of the request. */
    static final Endpoint.Work ECHO =
            request -> Response.text(200, new String(request.exchange().body(), UTF_8));

    private final AtomicReference<Endpoint> endpoint = new AtomicReference<>(Endpoint.blocking(ECHO));
    private final Metrics metrics = new Metrics();
    private final ConnectionPool pool;
    private final HttpServer http;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * Starts a server.
     *
     * @param directory for the key file
     * @param wrongKeys how many requests without a valid key are allowed per minute
     */
    AdmissionServer(Path directory, Duration queryTimeout, int wrongKeys) {
        keys = new ApiKeys(
                Map.of("default", List.of(), "other", List.of()), directory.resolve("keys.json"), Clock.systemUTC());
        pool = new ConnectionPool(options(), watchdog, _ -> {});
        StatementLog log = new StatementLog("default", new LogSettings(LogConfig.errorsOnly()), metrics);
        // Endpoints use the other parts of a database, but the runner does not.
        Database database = new Database(
                null,
                pool,
                null,
                null,
                null,
                null,
                null,
                null,
                new Database.Limits(queryTimeout, 1 << 20, 1 << 20, 1 << 20, queryTimeout, 1),
                null,
                new RunningRequests(),
                log);
        runner = new RequestRunner(
                keys,
                Map.of("default", database),
                memory,
                new WrongKeys(wrongKeys, 10),
                new KeyMeters(
                        directory.resolve("key-usage.json"), keys::list, Clock.systemUTC(), KeyMeters.Listener.NONE),
                new RunningRequests(),
                watchdog,
                new RequestRunner.Options(false, false));
        Router routes = Router.builder()
                .guardedRoute(
                        "POST",
                        "/work",
                        runner.handler(
                                KeyScope.PRISMA, request -> endpoint.get().begin(request)))
                .guardedRoute(
                        "POST",
                        "/any-body",
                        runner.handler(
                                KeyScope.PRISMA,
                                Protocol.PRISMA_ENGINE,
                                request -> endpoint.get().begin(request)))
                .build();
        http = HttpServer.start(
                new HttpServerOptions(
                        "test",
                        new HttpServerOptions.Address("127.0.0.1", 0),
                        new HttpLimits(8192, 1 << 20, new HttpLimits.Timeouts(LONG, LONG, LONG, LONG, LONG), 0, 100),
                        null,
                        TrustedProxies.NONE,
                        1,
                        memory,
                        new HttpServerOptions.Callbacks(
                                (status, code, message) -> ErrorResponses.of(ApiError.of(status, code, message)),
                                RequestObserver.none())),
                routes);
    }

    private static PoolOptions options() {
        return new PoolOptions(
                "default",
                new PoolOptions.Server("127.0.0.1", 1, "jdbc:postgresql://127.0.0.1:1/none", new Properties()),
                new PoolOptions.Size(1, 1, 1),
                new PoolOptions.Times(Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO),
                new PoolOptions.Sessions(PoolOptions.Reset.AUTO, 1, 1));
    }

    /** Determines what an admitted request does; until then, it is {@link #ECHO}. */
    void serve(Endpoint next) {
        endpoint.set(next);
    }

    /** Determines what the blocking phase does. */
    void works(Endpoint.Work work) {
        serve(Endpoint.blocking(work));
    }

    /** Creates a key. */
    CreatedKey key(String database, KeyScope... scopes) {
        return keys.create("app", database, Set.of(scopes), null);
    }

    int port() {
        return http.port();
    }

    private HttpRequest request(String path, String token, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + token);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.POST(BodyPublishers.ofString(body)).build();
    }

    /** Posts JSON. */
    HttpResponse<String> post(String token, String body) {
        return post("/work", token, body, "Content-Type", "application/json");
    }

    /** Posts a body with alternating names and values of headers. */
    HttpResponse<String> post(String path, String token, String body, String... headers) {
        try {
            return client.send(request(path, token, body, headers), BodyHandlers.ofString(UTF_8));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Posts JSON without waiting for the response. Cancelling the future closes the connection. */
    CompletableFuture<HttpResponse<String>> postLater(String token, String body) {
        return client.sendAsync(
                request("/work", token, body, "Content-Type", "application/json"), BodyHandlers.ofString(UTF_8));
    }

    /** Checks an error for Prisma Client, and returns its body. */
    static JsonNode failed(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Prisma-Error-Code")).contains(code);
        JsonNode body = JsonMapper.shared().readTree(response.body());
        assertThat(body.get("error_code").stringValue()).isEqualTo(code);
        return body;
    }

    @Override
    public void close() {
        client.close();
        http.close();
        pool.close();
        keys.close();
        watchdog.close();
        metrics.close();
    }
}
