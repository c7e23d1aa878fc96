package dev.hasten.telemetry;

import com.sun.management.OperatingSystemMXBean;
import dev.hasten.audit.AuditLog;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.KeyMeter;
import dev.hasten.cache.CacheStatistics;
import dev.hasten.cache.QueryCache;
import dev.hasten.cache.Uncached;
import dev.hasten.deadline.Cancellation;
import dev.hasten.insights.Insights;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException.Share;
import dev.hasten.memory.MemoryUse;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.PoolObserver;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The meters of the server and their export in Prometheus format, where times are in seconds. */
public final class Metrics implements AutoCloseable {
    /** Upper bounds of the buckets of all histograms; with the one for everything longer, there are 12. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofNanos(2_500_000_000L),
        Duration.ofSeconds(10)
    };

    private static final int MOST_KEYS = 1000;

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    /** That of Prometheus, and one that exports the meters if there is one. */
    private final MeterRegistry registry;

    private final @Nullable MeterRegistry export;

    private final ConcurrentMap<RequestLabels, RequestMeters> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<StatementKey, Timer> statements = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Timer> waits = new ConcurrentHashMap<>();
    /** Keeps the suppliers of counters reachable, because the registry has only weak references to them. */
    private final List<LongSupplier> counted = new CopyOnWriteArrayList<>();

    private final AtomicInteger keys = new AtomicInteger();
    private final ConcurrentMap<String, List<Meter>> metersOfKeys = new ConcurrentHashMap<>();
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    private final ConcurrentMap<ErrorKey, Counter> errors = new ConcurrentHashMap<>();

    /**
     * What requests are counted by.
     *
     * @param route the route's template
     * @param database the database of the API key; empty if the request has no valid key
     * @param cache how the cache was used; empty if the request is no query
     */
    public record RequestLabels(String route, String method, int status, String database, String cache) {}

    private record RequestMeters(Timer duration, Counter count) {}

    private record ErrorKey(String database, String code) {}

    private record StatementKey(String database, boolean failed) {}

    /** Meters for Prometheus only. */
    public Metrics() {
        this(null);
    }

    /** @param export a second registry that receives all meters and is closed with this object; null for Prometheus only */
    public Metrics(@Nullable MeterRegistry export) {
        this.export = export;
        this.registry =
                export == null ? prometheus : new CompositeMeterRegistry(Clock.SYSTEM, List.of(prometheus, export));
        // Their names do not follow the conventions of Prometheus, which `promtool check metrics` reports.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        FunctionCounter.builder("process.cpu", PROCESS, process -> process.getProcessCpuTime() / 1e9)
                .description("CPU time of the process")
                .baseUnit("seconds")
                .register(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /** Records a completed request. */
    public void request(RequestLabels labels, long nanos) {
        RequestMeters meters = requests.computeIfAbsent(labels, this::requestMeters);
        meters.duration().record(nanos, TimeUnit.NANOSECONDS);
        meters.count().increment();
    }

    private RequestMeters requestMeters(RequestLabels labels) {
        Tags tags = Tags.of(
                "route", labels.route(), "method", labels.method(), "status", Integer.toString(labels.status()));
        return new RequestMeters(
                timer("hasten.http.request.duration", "Duration of requests")
                        .tags(tags)
                        .register(registry),
                Counter.builder("hasten.http.requests")
                        .description("Requests; cache is hit, stale, miss or uncached for queries")
                        .tags(tags)
                        .tag("database", labels.database())
                        .tag("cache", labels.cache())
                        .register(registry));
    }

    /**
     * Counts an error response.
     *
     * @param database the database of the API key; empty if the request has no valid key
     * @param code a code of Prisma, or a SQLSTATE
     */
    public void error(String database, String code) {
        errors.computeIfAbsent(
                        new ErrorKey(database, ErrorClass.of(code)),
                        counted -> Counter.builder("hasten.errors")
                                .description("Error responses by code of Prisma, or by class of the SQLSTATE")
                                .tag("database", counted.database())
                                .tag("code", counted.code())
                                .register(registry))
                .increment();
    }

    /** Registers the versions of the process. */
    public void watchBuild(String version) {
        Gauge.builder("hasten.build.info", () -> 1)
                .description("Version of Hasten and Java; always 1")
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(registry);
    }

    /** Registers whether the server is ready. */
    public void watchReady(BooleanSupplier ready) {
        Gauge.builder("hasten.ready", ready, value -> value.getAsBoolean() ? 1 : 0)
                .description("1 if all databases can be reached and the server is not stopping, otherwise 0")
                .strongReference(true)
                .register(registry);
    }

    /** The observer of a pool. */
    public PoolObserver pool(String database) {
        Timer connect = ofDatabase("hasten.pool.connect", "Time to open a connection to PostgreSQL", database);
        Timer use =
                ofDatabase("hasten.pool.use", "Time for which requests and transactions keep a connection", database);
        Counter timeouts = Counter.builder("hasten.pool.timeouts")
                .description("Requests that got no connection in time, or because too many requests waited")
                .tag("database", database)
                .register(registry);
        return new PoolObserver() {
            @Override
            public void cancelled(Cancellation.Reason reason) {
                cancellations(database, reason).increment();
            }

            @Override
            public void connected(long nanos) {
                connect.record(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void used(long nanos) {
                use.record(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void timedOut() {
                timeouts.increment();
            }
        };
    }

    private Timer ofDatabase(String name, String description, String database) {
        return timer(name, description).tag("database", database).register(registry);
    }

    /** Records how long a request has waited for a connection. */
    public void waited(String database, long nanos) {
        waits.computeIfAbsent(
                        database,
                        name -> ofDatabase("hasten.pool.wait", "Time that requests wait for a connection", name))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Records a completed statement. */
    public void statement(String database, long nanos, boolean failed) {
        Timer timer = statements.computeIfAbsent(
                new StatementKey(database, failed),
                key -> timer("hasten.statement.duration", "Duration of statements in PostgreSQL")
                        .tag("database", key.database())
                        .tag("outcome", key.failed() ? "error" : "success")
                        .register(registry));
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private static Timer.Builder timer(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(BUCKETS);
    }

    private Counter cancellations(String database, Cancellation.Reason reason) {
        return Counter.builder("hasten.statement.cancellations")
                .description("Cancelled statements, including those that were not sent yet")
                .tag("database", database)
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    /** Registers gauges for a pool and its interactive transactions. */
    public void watch(String database, ConnectionPool pool, IntSupplier openTransactions) {
        // From the start, so that a rate can be computed from the first event.
        for (Cancellation.Reason reason : Cancellation.Reason.values()) {
            cancellations(database, reason);
        }
        gauge("hasten.pool.connections", "Connections to PostgreSQL", database, pool::total);
        gauge("hasten.pool.active.connections", "Connections in use", database, pool::active);
        gauge("hasten.pool.waiting.requests", "Requests waiting for a connection", database, pool::waiting);
        gauge(
                "hasten.pool.max.connections",
                "Maximum number of connections",
                database,
                () -> pool.options().size().connections());
        gauge("hasten.transactions.open", "Open interactive transactions", database, openTransactions::getAsInt);
    }

    /** Registers a gauge for the streamed responses of a database. */
    public void watchStreams(String database, LongSupplier open) {
        gauge("hasten.streams.open", "Streamed responses of SQL over HTTP that are not complete", database, open);
    }

    /** Registers the meters of a cache. */
    public void watch(String database, QueryCache cache) {
        for (CacheCounter counter : CacheCounter.ALL) {
            // The registry has only a weak reference to the statistics; the cache keeps them reachable.
            FunctionCounter.builder(counter.name(), cache.statistics(), counts -> counts.of(counter.event()))
                    .description(counter.description())
                    .tag("database", database)
                    .tags(counter.tags())
                    .register(registry);
        }
        for (Uncached.Reason reason : Uncached.Reason.values()) {
            FunctionCounter.builder("hasten.cache.uncached", cache.statistics(), counts -> counts.uncached(reason))
                    .description("Queries that did not use the cache; the sum is that of status none")
                    .tag("database", database)
                    .tag("reason", reason.label())
                    .register(registry);
        }
        for (CacheStatistics.Miss miss : CacheStatistics.Miss.values()) {
            FunctionCounter.builder("hasten.cache.misses", cache.statistics(), counts -> counts.misses(miss))
                    .description("Cache misses by reason; the sum is that of status miss")
                    .tag("database", database)
                    .tag("reason", miss.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge("hasten.cache.bytes", "Memory of cached responses", database, cache::bytes);
        gauge("hasten.cache.limit.bytes", "Memory limit for cached responses", database, cache::maxBytes);
        gauge("hasten.cache.entries", "Cached responses", database, cache::size);
    }

    /** Registers the meters of the proofs of all databases. */
    public void watchProofs(LongSupplier bytes, LongSupplier maxBytes) {
        Gauge.builder("hasten.proofs.bytes", bytes, LongSupplier::getAsLong)
                .description("Memory of what is proved about statements and plans")
                .strongReference(true)
                .register(registry);
        Gauge.builder("hasten.proofs.limit.bytes", maxBytes, LongSupplier::getAsLong)
                .description("Memory limit for what is proved about statements and plans")
                .strongReference(true)
                .register(registry);
    }

    /** Registers the meters of a database whose writes are tracked. */
    public void watchWrites(String database, LongSupplier searches, LongSupplier everything, LongSupplier unknown) {
        counter(
                "hasten.writes.lock.searches",
                "Transactions whose locks were listed to see what they wrote",
                database,
                searches);
        counter(
                "hasten.writes.unknown",
                "Writes that outdated all cached data, because it was not known what they wrote",
                database,
                everything);
        gauge(
                "hasten.writes.unsettled",
                "Writes whose connection broke, and which PostgreSQL may still be committing",
                database,
                unknown);
    }

    /** Registers the meters of a change stream. */
    public void watchStream(
            String database,
            LongSupplier lagBytes,
            LongSupplier confirmedAgeMillis,
            LongSupplier pending,
            LongSupplier commits) {
        counter("hasten.stream.commits", "Commits of the change stream that outdated cached data", database, commits);
        gauge(
                "hasten.stream.lag.bytes",
                "Write-ahead log that PostgreSQL keeps for the change stream",
                database,
                lagBytes);
        Gauge.builder(
                        "hasten.stream.confirmed.age",
                        confirmedAgeMillis,
                        age -> age.getAsLong() < 0 ? Double.NaN : age.getAsLong() / 1e3)
                .description("Time since the last moment of which all changes are known; not a number if there is none")
                .baseUnit("seconds")
                .tag("database", database)
                .strongReference(true)
                .register(registry);
        gauge(
                "hasten.stream.pending.commits",
                "Commits that have arrived and are not known to be visible",
                database,
                pending);
    }

    private void counter(String name, String description, String database, LongSupplier count) {
        counter(name, description, count, Tags.of("database", database));
    }

    private void counter(String name, String description, LongSupplier count, Tags tags) {
        counted.add(count);
        FunctionCounter.builder(name, count, LongSupplier::getAsLong)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** Registers the meters of the memory held by requests. */
    public void watch(MemoryBudget memory, Collection<String> databases) {
        for (MemoryUse use : MemoryUse.values()) {
            Gauge.builder("hasten.memory.used.bytes", memory, budget -> budget.usedBytes(use))
                    .description("Memory held by requests")
                    .tag("use", use.name().toLowerCase(Locale.ROOT))
                    .strongReference(true)
                    .register(registry);
        }
        Gauge.builder("hasten.memory.limit.bytes", memory, MemoryBudget::limitBytes)
                .description("Memory limit for requests")
                .strongReference(true)
                .register(registry);
        for (String database : databases) {
            gauge(
                    "hasten.memory.database.bytes",
                    "Memory held by the requests of a database",
                    database,
                    () -> memory.usedBytes(database));
            for (Share share : Share.values()) {
                LongSupplier refusals = () -> memory.refusals(database, share);
                counted.add(refusals);
                FunctionCounter.builder("hasten.memory.refusals", refusals, LongSupplier::getAsLong)
                        .description(
                                "Requests refused because a memory limit was reached: that of the API key or of the database")
                        .tag("database", database)
                        .tag("share", share.name().toLowerCase(Locale.ROOT))
                        .register(registry);
            }
        }
    }

    /** Registers counters for queries of Prisma 5 and 6: those whose plan was cached, and those that were compiled. */
    public void watchPlanLookups(LongSupplier hits, LongSupplier misses) {
        planLookups("hit", hits);
        planLookups("miss", misses);
    }

    /**
     * Registers the meters of requests without a valid API key.
     *
     * @param throttled those of the refused requests that exceeded the limit of their address
     * @param addresses the number of currently tracked addresses
     */
    public void watchWrongKeys(LongSupplier refused, LongSupplier throttled, LongSupplier addresses) {
        counter("hasten.wrong.key.requests", "Requests refused for lack of a valid API key", refused, Tags.empty());
        counter(
                "hasten.wrong.key.requests.throttled",
                "Requests without a valid API key that exceeded the limit of their address",
                throttled,
                Tags.empty());
        Gauge.builder("hasten.wrong.key.addresses", addresses, LongSupplier::getAsLong)
                .description("Tracked addresses that sent requests without a valid API key")
                .strongReference(true)
                .register(registry);
    }

    private void planLookups(String result, LongSupplier count) {
        counter(
                "hasten.plan.lookups",
                "Look-ups of compiled plans for queries of Prisma 5 and 6",
                count,
                Tags.of("result", result));
    }

    /**
     * Registers the meters of an API key. Does nothing if there are already {@value #MOST_KEYS}, because a server can have very
     * many keys; the admin API has the use of all of them.
     */
    public void watch(ApiKey key, KeyMeter meter) {
        if (keys.incrementAndGet() > MOST_KEYS) {
            keys.decrementAndGet();
            return;
        }
        ofKey("hasten.key.requests", "Requests by API key", key, meter::requests);
        ofKey(
                "hasten.key.refused.requests",
                "Requests refused because they exceeded a limit of their API key",
                key,
                meter::refused);
    }

    /** Removes the meters of an API key that does not exist any more. */
    public void unwatch(ApiKey key) {
        List<Meter> meters = metersOfKeys.remove(key.database() + "/" + key.id());
        if (meters != null) {
            meters.forEach(registry::remove);
            keys.decrementAndGet();
        }
    }

    private void ofKey(String name, String description, ApiKey key, LongSupplier count) {
        Meter meter = FunctionCounter.builder(name, count, LongSupplier::getAsLong)
                .description(description)
                .tag("database", key.database())
                .tag("key", key.id())
                .tag("name", key.name())
                .register(registry);
        metersOfKeys
                .computeIfAbsent(key.database() + "/" + key.id(), _ -> new CopyOnWriteArrayList<>())
                .add(meter);
    }

    /** Registers the meters of the statistics of queries, and of the audit log. */
    public void watch(Insights insights, AuditLog audit) {
        Gauge.builder("hasten.insights.shapes", insights, Insights::size)
                .description("Query shapes with statistics")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("hasten.insights.evictions", insights, Insights::evictions)
                .description("Query shapes that were forgotten because there were too many")
                .register(registry);
        FunctionCounter.builder("hasten.log.dropped", this, _ -> RequestAppender.dropped())
                .description("Entries about requests that are not in the log because it was too slow")
                .register(registry);
        FunctionCounter.builder("hasten.audit.dropped", audit, AuditLog::dropped)
                .description(
                        "Audit events that are not in the file because the disk was too slow or could not be written")
                .register(registry);
    }

    /** Registers counters for traces and spans that are not exported. */
    public void watchTraces(LongSupplier droppedTraces, LongSupplier failedSpans) {
        counter(
                "hasten.traces.dropped",
                "Traces that are not exported because too many spans waited",
                droppedTraces,
                Tags.empty());
        counter("hasten.spans.failed", "Spans that the receiver has not accepted", failedSpans, Tags.empty());
    }

    /** Registers a gauge for client connections. */
    public void watchConnections(IntSupplier openConnections) {
        Gauge.builder("hasten.http.connections", openConnections, IntSupplier::getAsInt)
                .description("Open client connections")
                .strongReference(true)
                .register(registry);
    }

    private void gauge(String name, String description, String database, LongSupplier value) {
        Gauge.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .tag("database", database)
                .strongReference(true)
                .register(registry);
    }

    /** Returns all meters in the Prometheus text format. */
    public String scrape() {
        return prometheus.scrape();
    }

    @Override
    public void close() {
        garbageCollection.close();
        // Closing the composite would not close its parts.
        prometheus.close();
        if (export != null) {
            export.close();
        }
    }
}
