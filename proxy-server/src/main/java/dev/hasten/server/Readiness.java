package dev.hasten.server;

import dev.hasten.admission.Database;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reports whether all databases are reachable. The route requires no API key, so a result is reused for one second:
 * clients cannot make the server query its databases more often. Requests that arrive during a probe share its result.
 */
final class Readiness {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final ParsedStatement PROBE = ParsedStatement.of("SELECT 1");

    private static final Executor PROBES =
            task -> Thread.ofVirtual().name("hasten-readiness").start(task);

    private final List<Database> databases;
    private final Watchdog watchdog;
    private CompletableFuture<Result> latest;

    private record Result(boolean ready, long atNanos) {}

    Readiness(Collection<Database> databases, Watchdog watchdog) {
        this.watchdog = watchdog;
        this.databases = List.copyOf(databases);
        this.latest = CompletableFuture.completedFuture(new Result(false, System.nanoTime() - FRESH_NANOS));
    }

    /**
     * Sends 200 if all databases are reachable; otherwise, or while the server is stopping, 503. Does not name
     * databases, because no API key is required.
     */
    void respond(Exchange exchange, boolean stopping) {
        CompletableFuture<Void> _ = latest().thenAccept(result -> exchange.respond(rendered(result, stopping)));
    }

    private static Response rendered(Result result, boolean stopping) {
        boolean ready = result.ready() && !stopping;
        String status = stopping ? "stopping" : ready ? "ready" : "not ready";
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

    /** Queries all databases at the same time, so that several of them do not take longer than one. */
    private CompletableFuture<Result> probe() {
        List<CompletableFuture<Boolean>> probes = databases.stream()
                .map(database -> CompletableFuture.supplyAsync(() -> reachable(database), PROBES))
                .toList();
        return CompletableFuture.allOf(probes.toArray(CompletableFuture[]::new))
                .handle((_, failure) -> new Result(
                        failure == null && probes.stream().allMatch(CompletableFuture::join), System.nanoTime()));
    }

    private boolean reachable(Database database) {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, WAIT);
                Lease lease = database.pool().lease(WAIT, cancellation)) {
            lease.run(PROBE, List.of(), StatementPolicy.TRUSTED, cancellation);
            return true;
        } catch (DatabaseException e) {
            // A busy pool means that the database can be reached.
            return e.failure() instanceof DatabaseFailure.PoolTimeout
                    || e.failure() instanceof DatabaseFailure.PoolQueueFull;
        } catch (CancelledException e) {
            return false;
        }
    }
}
