package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.config.Config;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.server.HastenServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The current state of a server. Times are in milliseconds, sizes in bytes. */
final class ServerStates {
    private final HastenServer server;
    private final Clock clock;
    private final Instant started;

    /** {@code GET /status}. To check whether the databases are reachable, use {@code /ready} on the client port. */
    record Status(
            String version,
            Instant started,
            long uptimeMs,
            String region,
            int port,
            boolean tls,
            int runningRequests,
            List<DatabaseStatus> databases) {}

    /** @param server host and port of PostgreSQL */
    record DatabaseStatus(String database, String server, int connections, int openTransactions) {}

    /** {@code GET /pools}. */
    record Pools(List<Pool> pools) {}

    /**
     * @param size maximum number of connections
     * @param total open connections
     * @param active connections in use
     * @param waiting requests that wait for a connection
     */
    record Pool(String database, int size, int total, int active, int waiting, Limits limits) {}

    /** As configured in {@code pool} and {@code limits}. */
    record Limits(
            int maxWaiting,
            long timeoutMs,
            long queryTimeoutMs,
            int maxTransactions,
            long transactionTimeoutMs,
            long maxResponseBytes,
            long maxSqlResponseBytes,
            long maxResultBytes) {}

    /** {@code GET /transactions}. */
    record Transactions(List<DatabaseTransactions> databases) {}

    /** @param limit maximum number of open transactions */
    record DatabaseTransactions(String database, int open, int limit, List<OpenTransaction> transactions) {}

    /** An interactive transaction that a client holds open. */
    record OpenTransaction(String id, long ageMs) {}

    ServerStates(HastenServer server, Clock clock) {
        this.server = server;
        this.clock = clock;
        this.started = clock.instant();
    }

    Status status() {
        Config config = server.config();
        return new Status(
                HastenVersion.text(),
                started,
                Duration.between(started, clock.instant()).toMillis(),
                config.server().region(),
                server.port(),
                server.usesTls(),
                server.runningRequests(),
                each((database, _) -> new DatabaseStatus(
                        database.name(),
                        database.pool().options().server().host() + ":"
                                + database.pool().options().server().port(),
                        database.pool().total(),
                        database.transactions().openCount())));
    }

    Pools pools() {
        return new Pools(each((database, config) -> {
            ConnectionPool pool = database.pool();
            return new Pool(
                    database.name(),
                    pool.options().size().connections(),
                    pool.total(),
                    pool.active(),
                    pool.waiting(),
                    limits(config));
        }));
    }

    private static Limits limits(DatabaseConfig config) {
        return new Limits(
                config.pool().maxWaiting(),
                config.pool().timeout().toMillis(),
                config.limits().queryTimeout().toMillis(),
                config.maxTransactions(),
                config.limits().transactionTimeout().toMillis(),
                config.limits().maxResponseBytes(),
                config.limits().maxSqlResponseBytes(),
                config.limits().resultLimitBytes());
    }

    Transactions transactions() {
        return new Transactions(each((database, config) -> {
            // Read once, so that the count matches the list.
            List<OpenTransaction> open = database.transactions().openAges().entrySet().stream()
                    .map(entry -> new OpenTransaction(entry.getKey(), entry.getValue()))
                    .toList();
            return new DatabaseTransactions(database.name(), open.size(), config.maxTransactions(), open);
        }));
    }

    private <T> List<T> each(BiFunction<Database, DatabaseConfig, T> state) {
        Map<String, DatabaseConfig> configs = server.config().databases();
        return server.databases().values().stream()
                .map(database -> state.apply(database, configs.get(database.name())))
                .toList();
    }
}
