package dev.hasten.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.activity.RequestLog;
import dev.hasten.activity.RunningRequests;
import dev.hasten.admission.Database;
import dev.hasten.admission.ErrorResponses;
import dev.hasten.admission.RequestRunner;
import dev.hasten.admission.WrongKeys;
import dev.hasten.audit.AuditLog;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.KeyChange;
import dev.hasten.auth.KeyMeter;
import dev.hasten.auth.KeyMeters;
import dev.hasten.cache.Cause;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.Config;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.config.DatabaseUrl;
import dev.hasten.config.KeyScope;
import dev.hasten.config.Networks;
import dev.hasten.dataproxy.DataProxyRoutes;
import dev.hasten.dataproxy.PublicAddress;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.explain.Explainer;
import dev.hasten.http.CompletedRequest;
import dev.hasten.http.Cors;
import dev.hasten.http.HttpLimits;
import dev.hasten.http.HttpServer;
import dev.hasten.http.HttpServerOptions;
import dev.hasten.http.RequestObserver;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.http.TrustedProxies;
import dev.hasten.insights.Insights;
import dev.hasten.invalidation.InvalidationRoutes;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.otlp.Otlp;
import dev.hasten.otlp.Tracing;
import dev.hasten.plan.PlanRunner;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.remoteexecutor.RemoteExecutorRoutes;
import dev.hasten.schema.SchemaSetup;
import dev.hasten.sql.SqlRoutes;
import dev.hasten.sql.SqlStreams;
import dev.hasten.telemetry.HastenVersion;
import dev.hasten.telemetry.LogLevels;
import dev.hasten.telemetry.LogSettings;
import dev.hasten.telemetry.Metrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running server. Creates all components in the order of their dependencies and closes them when it is closed. */
public final class HastenServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HastenServer.class);
    private static final byte[] HEALTHY = "{\"status\":\"ok\"}".getBytes(UTF_8);

    /** The keys of the admin API that can be changed while the server runs. */
    private static final Set<String> ADMIN_KEYS = Set.of("admin_token", "admin_read_token", "admin_allowed_hosts");

    /** The time that requests have to send their responses after they were cancelled on shutdown. */
    private static final Duration LAST_RESPONSES = Duration.ofSeconds(6);

    /** How often the server looks for renewed certificates. */
    private static final Duration CERTIFICATE_CHECKS = Duration.ofSeconds(5);

    /** How long the last exports of traces and metrics may take on shutdown. */
    private static final Duration LAST_EXPORTS = Duration.ofSeconds(3);

    private final Config config;
    private final Metrics metrics;
    private final @Nullable Tracing tracing;
    private final Watchdog watchdog = new Watchdog();
    private final RunningRequests requests = new RunningRequests();
    private final Map<String, Database> databases;
    private final ApiKeys keys;
    private final RequestRunner runner;
    private final @Nullable Certificates certificates;
    private final KeyMeters meters;
    private final Insights insights;
    private final RequestLog requestLog;
    private final LiveSeries live;
    private final AuditLog audit;
    private final LogSettings logs;
    private final LogLevels levels;
    private final Supplier<Config> configSource;
    private final Instant started = Instant.now();
    private volatile Config latestConfig;
    private volatile Set<String> restartRequired = Set.of();
    /** The configured API keys in force, by database; changed by {@link #reload}. */
    private Map<String, List<ApiKeyConfig>> configuredKeys;

    private volatile boolean drained;
    private final Readiness readiness;
    private final HttpServer http;
    private volatile boolean stopping;

    private HastenServer(Config config, Supplier<Config> configSource, OptionalInt inheritedSocket) {
        this.config = config;
        this.metrics =
                new Metrics(config.otlp().exportsMetrics() ? Otlp.meters(config.otlp(), HastenVersion.text()) : null);
        this.tracing = config.otlp().exportsTraces() ? tracing(config) : null;
        if (tracing != null) {
            metrics.watchTraces(tracing::dropped, tracing::failed);
        }
        this.configSource = configSource;
        this.latestConfig = config;
        this.logs = new LogSettings(config.log());
        this.levels = new LogLevels(watchdog, InstantSource.system());
        this.audit = new AuditLog(config.auditFile(), config.audit().maxBytes(), InstantSource.system());
        this.insights = new Insights(
                config.insights().maxShapes(),
                config.insights().window(),
                Ticker.systemTicker(),
                InstantSource.system());
        metrics.watch(insights, audit);
        MemoryBudget memory = new MemoryBudget(
                config.memory().budgetBytes(), config.databases().keySet());
        SchemaSetup schemas = new SchemaSetup(memory, Clock.systemUTC());
        metrics.watch(memory, config.databases().keySet());
        this.databases = new DatabaseSetup(config, metrics, watchdog, schemas, insights, logs, requests).databases();
        schemas.warmUp(databases.values().stream().map(Database::schemas).toList());
        metrics.watchPlanLookups(schemas::planHits, schemas::planMisses);
        this.configuredKeys = configuredKeys(config);
        this.keys = new ApiKeys(configuredKeys, config.keysFile(), Clock.systemUTC());
        this.meters = new KeyMeters(
                config.server().stateDir().resolve("key-usage.json"),
                keys::list,
                Clock.systemUTC(),
                new KeyMeters.Listener() {
                    @Override
                    public void opened(ApiKey key, KeyMeter meter) {
                        metrics.watch(key, meter);
                    }

                    @Override
                    public void removed(ApiKey key) {
                        metrics.unwatch(key);
                    }
                });
        auditKeysAndCaches();
        this.readiness = new Readiness(databases.values(), watchdog);
        WrongKeys wrongKeys =
                new WrongKeys(config.http().wrongKeysPerMinute(), config.http().maxWrongKeyAddresses());
        metrics.watchWrongKeys(wrongKeys::refused, wrongKeys::throttled, wrongKeys::addresses);
        this.runner = new RequestRunner(
                keys,
                databases,
                memory,
                wrongKeys,
                meters,
                requests,
                watchdog,
                new RequestRunner.Options(config.tls().clientCa() != null, tracing != null));
        this.certificates = Certificates.of(config);
        this.requestLog = new RequestLog(
                this::count,
                new RequestLog.Settings(
                        () -> logs.current().access(), () -> logs.current().failuresPerMinute()));
        this.http = HttpServer.start(
                new HttpServerOptions(
                        "hasten",
                        new HttpServerOptions.Address(
                                config.server().host(), config.server().port(), inheritedSocket),
                        limits(config),
                        certificates == null ? null : certificates::forClients,
                        proxies(config),
                        config.http().eventLoopThreads(),
                        memory,
                        new HttpServerOptions.Callbacks(
                                (status, code, message) -> ErrorResponses.of(ApiError.of(status, code, message)),
                                observer())),
                routes());
        metrics.watchConnections(http::openConnections);
        metrics.watchBuild(HastenVersion.text());
        metrics.watchReady(() -> !stopping && !drained && readiness.isReady());
        if (certificates != null) {
            watchCertificates(certificates);
        }
        this.live =
                new LiveSeries(requestLog.traffic(), databases.values(), runner::runningCount, InstantSource.system());
    }

    /**
     * Starts the server. The databases need not be reachable.
     *
     * @throws dev.hasten.http.HttpServerException if the port or a certificate file cannot be used
     */
    public static HastenServer start(Config config) {
        return start(config, () -> config, OptionalInt.empty());
    }

    /**
     * As above.
     *
     * @param configSource reads the configuration again; throws {@link dev.hasten.config.ConfigException}
     * @param inheritedSocket descriptor of the listening socket for clients; empty to bind the configured address
     */
    public static HastenServer start(Config config, Supplier<Config> configSource, OptionalInt inheritedSocket) {
        return new HastenServer(config, configSource, inheritedSocket);
    }

    /** Looks for renewed certificates from time to time, until the server is closed. */
    private void watchCertificates(Certificates watched) {
        Watch _ = watchdog.after(
                CERTIFICATE_CHECKS,
                () -> Thread.ofVirtual().name("hasten-certificates").start(() -> {
                    try {
                        watched.reloadIfChanged();
                    } finally {
                        watchCertificates(watched);
                    }
                }));
    }

    private static Tracing tracing(Config config) {
        Map<String, DatabaseUrl> urls = new TreeMap<>();
        config.databases().forEach((name, database) -> urls.put(name, database.url()));
        return new Tracing(config.otlp(), HastenVersion.text(), urls);
    }

    private RequestObserver observer() {
        Tracing traced = tracing;
        return traced == null
                ? requestLog
                : request -> {
                    requestLog.completed(request);
                    traced.completed(request);
                };
    }

    private void count(CompletedRequest request, String database, String cache, @Nullable String code) {
        metrics.request(
                new Metrics.RequestLabels(request.route(), request.method(), request.status(), database, cache),
                request.nanos());
        if (code != null) {
            metrics.error(database, code);
        }
    }

    private void auditKeysAndCaches() {
        keys.onChange(change -> audit.record(
                "key." + change.kind().name().toLowerCase(Locale.ROOT),
                change.by(),
                change.key().database(),
                details(change)));
        databases
                .values()
                .forEach(database -> database.cache()
                        .onInvalidation((cause, names) -> audit.record(
                                cause.kind() == Cause.Kind.SCHEMA ? "schema.changed" : "cache.invalidated",
                                cause.detail(),
                                database.name(),
                                names.isEmpty()
                                        ? Map.of("kind", cause.kind().label())
                                        : Map.of("kind", cause.kind().label(), "names", String.join(",", names)))));
    }

    private static Map<String, String> details(KeyChange change) {
        ApiKey key = change.key();
        Map<String, String> details = new TreeMap<>(
                Map.of("key", key.id(), "name", key.name(), "scopes", String.join(",", KeyScope.texts(key.scopes()))));
        if (key.expires() != null) {
            details.put("expires", key.expires().toString());
        }
        if (!key.limits().isNone()) {
            details.put("limits", key.limits().described());
        }
        if (!change.changed().isEmpty()) {
            details.put("changed", String.join(",", change.changed()));
        }
        return details;
    }

    /**
     * Reads the configuration again and applies what can be changed while the server runs: {@code log.*} except for the
     * format, the tokens and host names of the admin API, and configured API keys.
     *
     * @throws dev.hasten.config.ConfigException if the configuration is invalid; nothing is changed then
     */
    public synchronized ConfigReload reload() {
        Config fresh = configSource.get();
        Set<String> applied = new TreeSet<>();
        latestConfig.changedPaths(fresh).stream()
                .filter(path -> appliesAtOnce(path) && isOfRunningDatabase(path, fresh))
                .forEach(applied::add);
        Set<String> later = new TreeSet<>();
        config.changedPaths(fresh).stream()
                .filter(path -> !appliesAtOnce(path) || !isOfRunningDatabase(path, fresh))
                .forEach(later::add);
        Map<String, List<ApiKeyConfig>> keysInForce = new TreeMap<>(configuredKeys);
        fresh.databases().forEach((name, database) -> keysInForce.replace(name, database.keys()));
        if (!keysInForce.equals(configuredKeys)) {
            keys.reconfigure(keysInForce);
            configuredKeys = keysInForce;
        }
        fresh.warnings().forEach(LOG::warn);
        logs.apply(fresh.log());
        levels.base(fresh.log().level());
        latestConfig = fresh;
        restartRequired = Set.copyOf(later);
        return new ConfigReload(applied, later);
    }

    /**
     * Whether the key is none of a database that was added or removed. Such changes need a restart; until then, a removed
     * database keeps its API keys.
     */
    private boolean isOfRunningDatabase(String path, Config fresh) {
        String[] parts = path.split("\\.", 3);
        return !parts[0].equals("databases")
                || (databases.containsKey(parts[1]) && fresh.databases().containsKey(parts[1]));
    }

    /** Whether {@link #reload} applies a change of this key. */
    public static boolean appliesAtOnce(String path) {
        return (path.startsWith("log.") && !path.equals("log.format"))
                || ADMIN_KEYS.contains(path)
                || path.matches("databases\\.[^.]+\\.keys\\[.*");
    }

    /** The configuration that was read last. Not all of it may be in force; see {@link #restartRequired}. */
    public Config latestConfig() {
        return latestConfig;
    }

    /** The keys that were changed since the start and take effect with a restart. */
    public Set<String> restartRequired() {
        return restartRequired;
    }

    /**
     * Reports the server as not ready and closes each connection after its next response, so that a load balancer and its
     * clients use other servers. Requests are still answered.
     */
    public void drain(boolean on) {
        drained = on;
        http.closeConnectionsAfterResponses(on || stopping);
    }

    /** Whether {@link #drain} is on. */
    public boolean isDrained() {
        return drained;
    }

    private Router routes() {
        Router.Builder routes = Router.builder();
        routes.route("GET", "/health", exchange -> exchange.respond(Response.json(200, HEALTHY)));
        routes.route("GET", "/ready", exchange -> readiness.respond(exchange, () -> stopping, () -> drained));
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
                .collect(Collectors.toMap(
                        DatabaseConfig::name, DatabaseConfig::keys, (first, _) -> first, TreeMap::new));
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

    private static TrustedProxies proxies(Config config) {
        Networks trusted = config.http().trustedProxies();
        return trusted == null
                ? TrustedProxies.NONE
                : new TrustedProxies(trusted::contains, config.http().proxyProtocol());
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
        return certificates == null ? null : certificates.developmentCa();
    }

    /** The databases by name. */
    public Map<String, Database> databases() {
        return databases;
    }

    /** Enforces time limits. */
    public Watchdog watchdog() {
        return watchdog;
    }

    /** Explains how the cache of a database treats requests. */
    public Explainer explainer(Database database) {
        return new Explainer(database, watchdog);
    }

    /** The API keys. */
    public ApiKeys keys() {
        return keys;
    }

    /** The certificates; null if the server has none. */
    public @Nullable Certificates certificates() {
        return certificates;
    }

    /** The use of API keys. */
    public KeyMeters keyMeters() {
        return meters;
    }

    /** The running requests that do work. */
    public RunningRequests requests() {
        return requests;
    }

    /** Statistics of queries. */
    public Insights insights() {
        return insights;
    }

    /** How the server did lately. */
    public LiveSeries live() {
        return live;
    }

    /** The audit log. */
    public AuditLog audit() {
        return audit;
    }

    /** Temporary log levels. */
    public LogLevels logLevels() {
        return levels;
    }

    /** When the server was started. */
    public Instant started() {
        return started;
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
     * Stops gracefully; see {@link Drain}. Then cancels the requests that still run, and rolls back open transactions. If the thread
     * is interrupted, the next step follows at once.
     */
    @Override
    public void close() {
        stopping = true;
        LOG.info(
                "stopping; running requests: {}; accepts requests for another {} ms",
                runner.runningCount(),
                config.server().drainDelay().toMillis());
        new Drain(http, databases.values(), config.server()).run();
        if (watchdog.watchedCount() > 0) {
            watchdog.cancelAll();
            http.drain(LAST_RESPONSES, Duration.ZERO);
        }
        // Pools would leave connections open.
        boolean interrupted = Thread.interrupted();
        http.close();
        databases.values().forEach(Database::close);
        keys.close();
        meters.close();
        live.close();
        audit.close();
        watchdog.close();
        closeExports();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        LOG.info("stopped");
    }

    /** A receiver that does not respond must not keep the process from stopping. */
    private void closeExports() {
        Tracing traces = tracing;
        List<Thread> closing = Stream.<Runnable>of(metrics::close, traces == null ? () -> {} : traces::close)
                .map(Thread.ofVirtual()::start)
                .toList();
        long end = System.nanoTime() + LAST_EXPORTS.toNanos();
        try {
            for (Thread thread : closing) {
                var _ = thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
