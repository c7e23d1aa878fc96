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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reports whether all databases are reachable. The route requires no API key, so a result is reused for one second:
 * clients cannot make the server query its databases more often.
 */
final class Readiness {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final ParsedStatement PROBE = ParsedStatement.of("SELECT 1");

    private final List<Database> databases;
    private final Watchdog watchdog;
    private volatile @Nullable Result last;

    private record Result(boolean ready, long atNanos) {}

    Readiness(Collection<Database> databases, Watchdog watchdog) {
        this.watchdog = watchdog;
        this.databases = List.copyOf(databases);
    }

    /**
     * Sends 200 if all databases are reachable; otherwise, or while the server is stopping, 503. Does not name
     * databases, because no API key is required.
     */
    void respond(Exchange exchange, boolean stopping) {
        Result known = last;
        if (known != null && System.nanoTime() - known.atNanos() < FRESH_NANOS) {
            exchange.respond(rendered(known, stopping));
        } else {
            Thread.ofVirtual().name("hasten-readiness").start(() -> exchange.respond(rendered(probe(), stopping)));
        }
    }

    private static Response rendered(Result result, boolean stopping) {
        boolean ready = result.ready() && !stopping;
        String status = stopping ? "stopping" : ready ? "ready" : "not ready";
        return Response.json(ready ? 200 : 503, JSON.writeValueAsBytes(Map.of("status", status)));
    }

    /** Runs one probe at a time. Requests that waited for it use its result. */
    private synchronized Result probe() {
        Result known = last;
        if (known != null && System.nanoTime() - known.atNanos() < FRESH_NANOS) {
            return known;
        }
        boolean ready = true;
        for (Database database : databases) {
            ready &= reachable(database);
        }
        Result result = new Result(ready, System.nanoTime());
        last = result;
        return result;
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
