package dev.hasten.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.Database;
import dev.hasten.admission.ErrorResponses;
import dev.hasten.admission.RequestRunner;
import dev.hasten.admission.WrongKeys;
import dev.hasten.auth.ApiKeys;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.Config;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.config.TlsConfig;
import dev.hasten.dataproxy.DataProxyRoutes;
import dev.hasten.dataproxy.PublicAddress;
import dev.hasten.deadline.Watchdog;
import dev.hasten.explain.Explainer;
import dev.hasten.http.Cors;
import dev.hasten.http.DevCertificates;
import dev.hasten.http.HttpLimits;
import dev.hasten.http.HttpServer;
import dev.hasten.http.HttpServerOptions;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.http.TlsContexts;
import dev.hasten.invalidation.InvalidationRoutes;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.plan.PlanRunner;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.remoteexecutor.RemoteExecutorRoutes;
import dev.hasten.schema.SchemaSetup;
import dev.hasten.sql.SqlRoutes;
import dev.hasten.sql.SqlStreams;
import dev.hasten.telemetry.Metrics;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running server. Creates all components in the order of their dependencies and closes them when it is closed. */
public final class HastenServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HastenServer.class);
    private static final byte[] HEALTHY = "{\"status\":\"ok\"}".getBytes(UTF_8);

    /** The time that requests have to send their responses after they were cancelled on shutdown. */
    private static final Duration LAST_RESPONSES = Duration.ofSeconds(6);

    private final Config config;
    private final Metrics metrics = new Metrics();
    private final Watchdog watchdog = new Watchdog();
    private final Map<String, Database> databases;
    private final ApiKeys keys;
    private final RequestRunner runner;
    private final @Nullable Path developmentCa;
    private final HttpServer http;
    private volatile boolean stopping;

    private HastenServer(Config config) {
        this.config = config;
        MemoryBudget memory = new MemoryBudget(
                config.memory().budgetBytes(), config.databases().keySet());
        SchemaSetup schemas = new SchemaSetup(memory, Clock.systemUTC());
        metrics.watch(memory, config.databases().keySet());
        this.databases = new DatabaseSetup(config, metrics, watchdog, schemas).databases();
        schemas.warmUp(databases.values().stream().map(Database::schemas).toList());
        metrics.watchPlanLookups(schemas::planHits, schemas::planMisses);
        this.keys = new ApiKeys(configuredKeys(config), config.keysFile(), Clock.systemUTC());
        WrongKeys wrongKeys =
                new WrongKeys(config.http().wrongKeysPerMinute(), config.http().maxWrongKeyAddresses());
        metrics.watchWrongKeys(wrongKeys::refused, wrongKeys::throttled, wrongKeys::addresses);
        this.runner = new RequestRunner(keys, databases, memory, wrongKeys, watchdog);
        TlsConfig tls = config.tls();
        DevCertificates development =
                tls.dev() ? DevCertificates.ensure(config.server().stateDir().resolve("tls")) : null;
        this.developmentCa = development == null ? null : development.caPem();
        this.http = HttpServer.start(
                new HttpServerOptions(
                        "hasten",
                        new HttpServerOptions.Address(
                                config.server().host(), config.server().port()),
                        limits(config),
                        development == null ? tls(tls) : development.context(),
                        config.http().eventLoopThreads(),
                        memory,
                        new HttpServerOptions.Callbacks(
                                (status, code, message) -> ErrorResponses.of(ApiError.of(status, code, message)),
                                (route, method, status, nanos, _, _) -> metrics.request(route, method, status, nanos))),
                routes());
        metrics.watchConnections(http::openConnections);
    }

    /**
     * Starts the server. The databases need not be reachable.
     *
     * @throws dev.hasten.http.HttpServerException if the port or a certificate file cannot be used
     */
    public static HastenServer start(Config config) {
        return new HastenServer(config);
    }

    private Router routes() {
        Router.Builder routes = Router.builder();
        routes.route("GET", "/health", exchange -> exchange.respond(Response.json(200, HEALTHY)));
        Readiness readiness = new Readiness(databases.values(), watchdog);
        routes.route("GET", "/ready", exchange -> readiness.respond(exchange, stopping));
        RequestParser parser =
                new RequestParser(config.http().maxNestingDepth(), config.http().maxJsonValues());
        AccelerateHeaders headers = new AccelerateHeaders(config.server().region());
        PlanRunner plans = new PlanRunner(
                Clock.systemUTC(),
                new SecureRandom(),
                new GeneratorState(
                        new SecureRandom(), hostName(), ProcessHandle.current().pid()));
        new RemoteExecutorRoutes(parser, plans, headers).addTo(routes, runner);
        new DataProxyRoutes(
                        parser,
                        plans,
                        headers,
                        new PublicAddress(
                                config.server().publicUrl(), config.tls().enabled()))
                .addTo(routes, runner);
        SqlStreams streams = new SqlStreams(databases.values());
        databases.keySet().forEach(name -> metrics.watchStreams(name, () -> streams.openCount(name)));
        new SqlRoutes(parser, headers, new Cors(config.http().allowedOrigins()), streams).addTo(routes, runner);
        new InvalidationRoutes(parser, headers, databases.values()).addTo(routes, runner);
        return routes.build();
    }

    private static Map<String, List<ApiKeyConfig>> configuredKeys(Config config) {
        return config.databases().values().stream()
                .collect(Collectors.toMap(DatabaseConfig::name, DatabaseConfig::keys));
    }

    private static HttpLimits limits(Config config) {
        return new HttpLimits(
                (int) config.http().maxHeaderBytes(),
                (int) config.http().maxBodyBytes(),
                new HttpLimits.Timeouts(
                        config.http().headTimeout(),
                        config.http().bodyTimeout(),
                        config.http().bodyIdleTimeout(),
                        config.http().writeTimeout(),
                        config.http().idleTimeout()),
                config.http().minBytesPerSecond(),
                config.http().maxConnections());
    }

    private static @Nullable SslContext tls(TlsConfig tls) {
        return tls.cert() == null || tls.key() == null ? null : TlsContexts.fromPem(tls.cert(), tls.key());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** The port that clients connect to. */
    public int port() {
        return http.port();
    }

    /** Whether clients must use https. */
    public boolean usesTls() {
        return config.tls().enabled();
    }

    /** The certificate that clients must trust if {@code tls.dev} is set; otherwise null. */
    public @Nullable Path developmentCa() {
        return developmentCa;
    }

    /** The databases by name. */
    public Map<String, Database> databases() {
        return databases;
    }

    /** Explains how the cache of a database treats requests. */
    public Explainer explainer(Database database) {
        return new Explainer(database, watchdog);
    }

    /** The API keys. */
    public ApiKeys keys() {
        return keys;
    }

    /** The meters. */
    public Metrics metrics() {
        return metrics;
    }

    /** The configuration of the server. */
    public Config config() {
        return config;
    }

    /** The number of running requests. */
    public int runningRequests() {
        return runner.runningCount();
    }

    /**
     * Stops gracefully: accepts no new requests, lets running ones finish until the drain timeout, then cancels the
     * remaining ones and rolls back open transactions.
     */
    @Override
    public void close() {
        stopping = true;
        LOG.info("stopping; running requests: {}", runner.runningCount());
        http.drain(config.server().drainTimeout());
        if (watchdog.watchedCount() > 0) {
            watchdog.cancelAll();
            http.drain(LAST_RESPONSES);
        }
        http.close();
        databases.values().forEach(Database::close);
        keys.close();
        watchdog.close();
        metrics.close();
        LOG.info("stopped");
    }
}
