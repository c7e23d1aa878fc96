package dev.hasten.server;

import dev.hasten.activity.RunningRequests;
import dev.hasten.admission.Database;
import dev.hasten.cache.Confirmation;
import dev.hasten.cache.Invalidation;
import dev.hasten.cache.QueryCache;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.config.Config;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.config.DatabaseUrl;
import dev.hasten.config.JdbcTarget;
import dev.hasten.config.SchemasConfig;
import dev.hasten.config.StreamConfig;
import dev.hasten.deadline.Watchdog;
import dev.hasten.insights.Insights;
import dev.hasten.invalidation.SchemaPoll;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.PoolOptions;
import dev.hasten.proof.ProofCache;
import dev.hasten.proof.Proofs;
import dev.hasten.schema.PrismaSchemas;
import dev.hasten.schema.SchemaSetup;
import dev.hasten.stream.ChangeStream;
import dev.hasten.telemetry.LogSettings;
import dev.hasten.telemetry.Metrics;
import dev.hasten.telemetry.RequestTelemetry.StatementLog;
import dev.hasten.transaction.TransactionRegistry;
import dev.hasten.writes.PhysicalDatabases;
import dev.hasten.writes.UnknownOutcomes;
import dev.hasten.writes.WriteTracking;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Creates the databases from the configuration. */
final class DatabaseSetup {
    private static final Duration DEFAULT_TRANSACTION_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Config config;
    private final Metrics metrics;
    private final Watchdog watchdog;
    private final SchemaSetup schemas;
    private final CacheSetup caches;
    private final ProofCache proofs;
    private final Insights insights;
    private final LogSettings logs;
    private final RunningRequests running;
    private final PhysicalDatabases physical = new PhysicalDatabases();
    /** Two configured databases may be the same one, so the writes of all are tracked if one of them needs it. */
    private final boolean tracksWrites;

    DatabaseSetup(
            Config config,
            Metrics metrics,
            Watchdog watchdog,
            SchemaSetup schemas,
            Insights insights,
            LogSettings logs,
            RunningRequests running) {
        this.config = config;
        this.metrics = metrics;
        this.watchdog = watchdog;
        this.schemas = schemas;
        this.insights = insights;
        this.logs = logs;
        this.running = running;
        this.caches = new CacheSetup(config, watchdog);
        this.proofs = new ProofCache(config.cache().maxProofBytes());
        metrics.watchProofs(proofs::bytes, proofs::maxBytes);
        this.tracksWrites = config.databases().values().stream()
                .anyMatch(database -> CacheSetup.invalidation(database) != Invalidation.TAGS);
    }

    Map<String, Database> databases() {
        Map<String, Database> databases = new LinkedHashMap<>();
        config.databases().forEach((name, database) -> databases.put(name, database(name, database)));
        return databases;
    }

    private Database database(String name, DatabaseConfig database) {
        ConnectionPool pool = new ConnectionPool(
                poolOptions(database),
                watchdog,
                metrics.pool(name),
                tracksWrites ? identity -> physical.identified(name, identity) : null);
        RelationGenerations relations = tracksWrites ? RelationGenerations.create() : RelationGenerations.unused();
        LateConfirmation confirmation = new LateConfirmation();
        QueryCache cache = caches.of(database, relations, confirmation);
        Proofs known = new Proofs(pool, cache::schemaEpoch, proofs, schemaPoll(database, pool, cache));
        WriteTracking writes = tracksWrites ? writes(database, pool, relations, cache, known) : WriteTracking.OFF;
        ChangeStream stream = CacheSetup.invalidation(database) == Invalidation.STREAM
                ? stream(database, pool, cache, relations)
                : null;
        confirmation.set(stream == null ? Confirmation.ALWAYS : stream);
        TransactionRegistry transactions = new TransactionRegistry(
                pool,
                new TransactionRegistry.Limits(
                        database.maxTransactions(),
                        database.limits().transactionTimeout(),
                        DEFAULT_TRANSACTION_TIMEOUT,
                        database.limits().transactionWait()),
                watchdog,
                writes);
        metrics.watch(name, pool, transactions::openCount);
        metrics.watch(name, cache);
        return new Database(
                database.url().schema(),
                pool,
                transactions,
                cache,
                known,
                writes,
                stream,
                schemas(database, pool),
                new Database.Limits(
                        database.limits().queryTimeout(),
                        database.limits().maxResponseBytes(),
                        database.limits().maxSqlResponseBytes(),
                        database.limits().resultLimitBytes(),
                        database.limits().streamTimeout(),
                        database.maxStreams()),
                insights,
                running,
                new StatementLog(name, logs, metrics));
    }

    private WriteTracking writes(
            DatabaseConfig database,
            ConnectionPool pool,
            RelationGenerations relations,
            QueryCache cache,
            Proofs known) {
        String name = database.name();
        UnknownOutcomes unknown =
                new UnknownOutcomes(pool, relations, watchdog, database.url().pgbouncer());
        WriteTracking writes = WriteTracking.of(new WriteTracking.Parts(
                known,
                relations,
                cache.statistics(),
                unknown,
                watchdog,
                () -> physical.schemaChanged(name, "a statement through Hasten")));
        physical.add(name, relations, by -> {
            cache.schemaChanged(by);
            pool.retireConnections();
        });
        metrics.watchWrites(name, writes::searches, writes::outdatedEverything, unknown::open);
        return writes;
    }

    /** The stream needs the cache to tell it about changes, and the cache needs the stream. Not confirmed until set. */
    private static final class LateConfirmation implements Confirmation {
        private volatile Confirmation actual = () -> false;

        void set(Confirmation confirmation) {
            actual = confirmation;
        }

        @Override
        public boolean isConfirmed() {
            return actual.isConfirmed();
        }

        @Override
        public boolean awaitConfirmed() {
            return actual.awaitConfirmed();
        }
    }

    private ChangeStream stream(
            DatabaseConfig database, ConnectionPool pool, QueryCache cache, RelationGenerations relations) {
        StreamConfig settings = database.stream();
        JdbcTarget target = (settings.url() == null ? database.url() : settings.url()).toJdbcProperties();
        ChangeStream stream = ChangeStream.start(
                new ChangeStream.Options(
                        database.name(),
                        target.url(),
                        target.properties(),
                        settings.bound(),
                        settings.maxLagBytes(),
                        settings.maxPendingCommits()),
                relations,
                new ChangeStream.Listener() {
                    @Override
                    public void schemaChanged() {
                        physical.schemaChanged(database.name(), "found by the change stream");
                    }

                    @Override
                    public boolean isSameDatabase(String identity) {
                        return physical.isSame(database.name(), identity);
                    }

                    @Override
                    public void otherServer() {
                        cache.schemaChanged("the change stream is connected to another server");
                        pool.retireConnections();
                    }
                });
        metrics.watchStream(
                database.name(), stream::lagBytes, stream::confirmedAgeMillis, stream::pending, stream::commits);
        return stream;
    }

    /** Starts to poll the schema, and returns what takes the first fingerprint. */
    private Proofs.BeforeProof schemaPoll(DatabaseConfig database, ConnectionPool pool, QueryCache cache) {
        Duration interval = database.cache().schemaPoll();
        if (!database.cache().enabled() || interval.isZero()) {
            return (_, _) -> {};
        }
        return SchemaPoll.start(pool, cache.statistics(), watchdog, interval, () -> {
            cache.schemaChanged("found by cache.schema_poll");
            pool.retireConnections();
        })::begin;
    }

    private PrismaSchemas schemas(DatabaseConfig database, ConnectionPool pool) {
        SchemasConfig settings = database.schemas();
        PrismaSchemas.Limits limits =
                new PrismaSchemas.Limits(settings.maxCount(), settings.maxBytes(), settings.maxCompileTime());
        String schemaName = database.url().schema();
        return switch (settings.store()) {
            case FILE ->
                schemas.inFiles(
                        database.name(),
                        limits,
                        schemaName,
                        config.server().stateDir().resolve("schemas").resolve(database.name()));
            case TABLE -> schemas.inTable(database.name(), limits, schemaName, pool, watchdog);
        };
    }

    private static PoolOptions poolOptions(DatabaseConfig database) {
        JdbcTarget target = database.url().toJdbcProperties();
        DatabaseUrl.Host host = database.url().hosts().getFirst();
        Duration timeout = database.pool().timeout();
        return new PoolOptions(
                database.name(),
                new PoolOptions.Server(host.name(), host.port(), target.url(), target.properties()),
                new PoolOptions.Size(
                        database.pool().size(),
                        Math.min(database.pool().minIdle(), database.pool().size()),
                        database.pool().maxWaiting()),
                new PoolOptions.Times(
                        timeout.isZero() ? FOREVER : timeout,
                        database.pool().idleTimeout(),
                        database.pool().maxLifetime()),
                new PoolOptions.Sessions(
                        PoolOptions.Reset.valueOf(database.pool().reset().name()),
                        database.url().pgbouncer() ? 0 : database.pool().maxPreparedStatements(),
                        database.limits().resultLimitBytes()));
    }
}
