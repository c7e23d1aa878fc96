package dev.hasten.writes;

import dev.hasten.cache.Cause;
import dev.hasten.cache.Cause.Kind;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.cache.RelationIds;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes whose connection broke before their outcome was known. PostgreSQL may still be committing them: under
 * synchronous replication, a commit can become visible seconds later. Until the process of such a connection has ended,
 * nothing is stored that depends on what it may have written.
 */
public final class UnknownOutcomes {
    private static final ParsedStatement BACKENDS =
            ParsedStatement.of("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE pid = $1::int");

    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Cause CAUSE =
            new Cause(Kind.WRITE, "a write through Hasten whose connection broke before its outcome was known");

    private final ConnectionPool pool;
    private final RelationGenerations relations;
    private final Watchdog watchdog;
    private final boolean pooled;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param pooled whether a pooler between Hasten and PostgreSQL hides the processes; outcomes then count as known
     *     after a fixed time
     */
    public UnknownOutcomes(ConnectionPool pool, RelationGenerations relations, Watchdog watchdog, boolean pooled) {
        this.pool = pool;
        this.relations = relations;
        this.watchdog = watchdog;
        this.pooled = pooled;
    }

    /** The number of writes whose outcome is not known yet. */
    public int open() {
        return open.get();
    }

    void watch(RelationIds written, int process) {
        watch(written, relations.unsettle(written), process);
    }

    void watchAll(int process) {
        watch(null, relations.unsettleAll(), process);
    }

    /** @param written null for all relations */
    private void watch(@Nullable RelationIds written, Runnable settle, int process) {
        open.incrementAndGet();
        outdate(written);
        checkLater(pooled ? PATIENCE : INTERVAL, written, settle, process);
    }

    private void outdate(@Nullable RelationIds written) {
        if (written == null) {
            relations.allChanged(CAUSE);
        } else {
            relations.changed(written, CAUSE);
        }
    }

    private void checkLater(Duration delay, @Nullable RelationIds written, Runnable settle, int process) {
        Watch _ = watchdog.after(
                delay,
                () -> Thread.ofVirtual().name("hasten-unknown-outcome").start(() -> check(written, settle, process)));
    }

    private void check(@Nullable RelationIds written, Runnable settle, int process) {
        if (!pooled && mayRun(process)) {
            checkLater(INTERVAL, written, settle, process);
            return;
        }
        outdate(written);
        settle.run();
        open.decrementAndGet();
    }

    private boolean mayRun(int process) {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, PATIENCE);
                Lease lease = pool.lease(cancellation)) {
            return !"0"
                    .equals(lease.run(
                                    BACKENDS, List.of(Integer.toString(process)), StatementPolicy.TRUSTED, cancellation)
                            .rows()
                            .text(0, 0));
        } catch (DatabaseException | CancelledException e) {
            return true;
        }
    }
}
