package dev.hasten.server;

import dev.hasten.admission.Database;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reports whether all databases are reachable. The route requires no API key, so a result is reused for one second:
 * clients cannot make the server query its databases more often. Requests that arrive during a probe share its result.
 */
final class Readiness {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration WAIT = Duration.ofSeconds(2);

    /**
     * Databases that are queried at the same time: enough that many databases do not take long, and few enough that
     * their connections do not exceed {@code max_connections} of a PostgreSQL server that has them all.
     */
    private static final int MAX_PROBES = 16;

    private static final ParsedStatement PROBE = ParsedStatement.of("SELECT 1");

    private static final Executor PROBES =
            task -> Thread.ofVirtual().name("hasten-readiness").start(task);

    private final List<Database> databases;
    private final Watchdog watchdog;
    /** The databases that could be reached since the start of the server. */
    private final Set<String> reached = ConcurrentHashMap.newKeySet();

    private CompletableFuture<Result> latest;

    private record Result(boolean ready, long atNanos) {}

    Readiness(Collection<Database> databases, Watchdog watchdog) {
        this.watchdog = watchdog;
        this.databases = List.copyOf(databases);
        this.latest = CompletableFuture.completedFuture(new Result(false, System.nanoTime() - FRESH_NANOS));
    }

    /**
     * Sends 200 if all databases are reachable; otherwise, or while the server is stopping or draining, 503. Does not name
     * databases, because no API key is required.
     */
    void respond(Exchange exchange, BooleanSupplier stopping, BooleanSupplier drained) {
        CompletableFuture<Void> _ = latest().thenAccept(
                        result -> exchange.respond(rendered(result, stopping.getAsBoolean(), drained.getAsBoolean())));
    }

    /** Whether all databases are reachable. May block for some seconds. */
    boolean isReady() {
        return latest().join().ready();
    }

    private static Response rendered(Result result, boolean stopping, boolean drained) {
        boolean ready = result.ready() && !stopping && !drained;
        String status = drained ? "draining" : stopping ? "stopping" : ready ? "ready" : "not ready";
        return Response.json(ready ? 200 : 503, JSON.writeValueAsBytes(Map.of("status", status)));
    }

    /** Returns the latest result while it is fresh, otherwise that of the running probe. Starts a probe if none runs. */
    private synchronized CompletableFuture<Result> latest() {
        if (latest.isDone() && !isFresh(latest.resultNow())) {
            latest = probe();
        }
        return latest;
    }

    private static boolean isFresh(Result result) {
        return System.nanoTime() - result.atNanos() < FRESH_NANOS;
    }

    private CompletableFuture<Result> probe() {
        Queue<Database> remaining = new ConcurrentLinkedQueue<>(databases);
        List<CompletableFuture<Boolean>> probes = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> allReachable(remaining), PROBES))
                .limit(Math.min(MAX_PROBES, databases.size()))
                .toList();
        return CompletableFuture.allOf(probes.toArray(CompletableFuture[]::new))
                .handle((_, failure) -> new Result(
                        failure == null && probes.stream().allMatch(CompletableFuture::join), System.nanoTime()));
    }

    /** Queries one database after the other. Removes the remaining ones when one cannot be reached: the result is known. */
    private boolean allReachable(Queue<Database> remaining) {
        boolean all = false;
        try {
            for (Database database = remaining.poll(); database != null; database = remaining.poll()) {
                if (!isUnused(database) && !reachable(database)) {
                    return false;
                }
            }
            all = true;
            return true;
        } finally {
            if (!all) {
                remaining.clear();
            }
        }
    }

    /**
     * Whether nobody uses the database, its pool may be empty, and it could be reached before. A probe would only open
     * a connection. A failed attempt of a client to connect ends this state.
     */
    private boolean isUnused(Database database) {
        ConnectionPool pool = database.pool();
        return pool.options().size().idle() == 0
                && pool.total() == 0
                && !pool.hasFailed()
                && reached.contains(database.name());
    }

    private boolean reachable(Database database) {
        ConnectionPool pool = database.pool();
        if (pool.active() == pool.options().size().connections()) {
            // A busy pool means that the database can be reached.
            return true;
        }
        boolean empty = pool.total() == 0;
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, WAIT);
                Lease lease = pool.lease(WAIT, cancellation)) {
            lease.run(PROBE, List.of(), StatementPolicy.TRUSTED, cancellation);
            reached.add(database.name());
            return true;
        } catch (DatabaseException e) {
            return e.failure() instanceof DatabaseFailure.PoolTimeout
                    || e.failure() instanceof DatabaseFailure.PoolQueueFull;
        } catch (CancelledException e) {
            return false;
        } finally {
            if (empty && pool.options().size().idle() == 0) {
                pool.retireConnections();
            }
        }
    }
}
