package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.auth.ApiKey;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pools and the interactive transactions. Times are in milliseconds, sizes in bytes. */
final class ConnectionEndpoints {
    private final HastenServer server;

    /** {@code GET /pools}. */
    record Pools(List<Pool> pools) {}

    /**
     * @param size maximum number of connections
     * @param total open connections
     * @param active connections in use
     * @param waiting requests that wait for a connection
     * @param paused whether requests wait until the pool is resumed
     * @param lastError why the last attempt to connect has failed; null if it was successful
     */
    record Pool(
            String database,
            String server,
            int size,
            int total,
            int active,
            int waiting,
            boolean paused,
            @Nullable String lastError,
            Limits limits) {}

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
    record DatabaseTransactions(String database, int open, int limit, List<Transaction> transactions) {}

    /**
     * An interactive transaction that a client holds open.
     *
     * @param key id of the API key that has opened it
     * @param busy whether a request uses it now
     * @param backendPid the process of PostgreSQL that serves it
     */
    record Transaction(
            String id, String key, String keyName, long ageMs, long timeoutMs, boolean busy, int backendPid) {}

    ConnectionEndpoints(HastenServer server) {
        this.server = server;
    }

    Response pools(Exchange exchange) {
        return AdminJson.response(
                200,
                new Pools(server.databases().values().stream().map(this::pool).toList()));
    }

    private Pool pool(Database database) {
        ConnectionPool pool = database.pool();
        return new Pool(
                database.name(),
                pool.options().server().host() + ":" + pool.options().server().port(),
                pool.options().size().connections(),
                pool.total(),
                pool.active(),
                pool.waiting(),
                pool.isPaused(),
                pool.lastError(),
                limits(config(database)));
    }

    private DatabaseConfig config(Database database) {
        return Objects.requireNonNull(server.config().databases().get(database.name()));
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

    Response pause(Exchange exchange) {
        return change(exchange, "pool.paused", ConnectionPool::pause);
    }

    Response resume(Exchange exchange) {
        return change(exchange, "pool.resumed", ConnectionPool::resume);
    }

    /** Replaces all connections, each as soon as it is free. */
    Response evict(Exchange exchange) {
        return change(exchange, "pool.evicted", ConnectionPool::retireConnections);
    }

    private Response change(Exchange exchange, String action, Consumer<ConnectionPool> change) {
        Database database = server.databases().get(exchange.pathParameter("database"));
        if (database == null) {
            throw ApiError.of(
                    404,
                    "P6000",
                    "Unknown database; known databases: "
                            + String.join(", ", server.databases().keySet()));
        }
        change.accept(database.pool());
        server.audit().record(action, AdminApi.ACTOR, database.name(), Map.of());
        return Response.empty(204);
    }

    Response transactions(Exchange exchange) {
        Map<String, String> names = keyNames();
        return AdminJson.response(
                200,
                new Transactions(server.databases().values().stream()
                        .map(database -> transactions(database, names))
                        .toList()));
    }

    private DatabaseTransactions transactions(Database database, Map<String, String> names) {
        // Read once, so that the count matches the list.
        List<Transaction> open = database.transactions().list().stream()
                .map(transaction -> new Transaction(
                        transaction.id(),
                        transaction.key(),
                        names.getOrDefault(database.name() + "/" + transaction.key(), ""),
                        transaction.ageMs(),
                        transaction.timeoutMs(),
                        transaction.busy(),
                        transaction.backend()))
                .toList();
        return new DatabaseTransactions(
                database.name(), open.size(), config(database).maxTransactions(), open);
    }

    private Map<String, String> keyNames() {
        return server.keys().list().stream()
                .collect(Collectors.toMap(key -> key.database() + "/" + key.id(), ApiKey::name, (first, _) -> first));
    }

    /** Returns 204 when the transaction has ended, or throws 404 if it had ended before. The audit log says how it ended. */
    Response kill(Exchange exchange) {
        String id = exchange.pathParameter("id");
        for (Database database : server.databases().values()) {
            String outcome = database.transactions().kill(id);
            if (outcome != null) {
                server.audit()
                        .record(
                                "transaction.killed",
                                AdminApi.ACTOR,
                                database.name(),
                                Map.of("transaction", id, "outcome", outcome));
                return Response.empty(204);
            }
        }
        throw ApiError.of(404, "P6000", "No open transaction has this id; it may have ended");
    }
}
