package dev.hasten.writes;

import static java.util.Objects.requireNonNull;

import dev.hasten.cache.CacheStatistics;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.Cause;
import dev.hasten.cache.Cause.Kind;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.cache.RelationIds;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.Access;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.proof.Proofs;
import dev.hasten.proof.StatementProof;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Outdates cached data when a write passes through the server: after the outcome of the write is known, and before the
 * client receives the response. So a client that received the response of a write never reads older data.
 *
 * <p>What a statement writes is proved once per statement text, from its second execution on. Otherwise, and where no
 * proof is possible, it runs in a transaction whose locks are listed before the commit. Writes outside of the
 * transaction are not seen: {@code dblink}, other sessions, other clients of PostgreSQL.
 */
public final class WriteTracking {
    /** Tracks nothing. */
    public static final WriteTracking OFF = new WriteTracking(null);

    private static final Cause WRITE = new Cause(Kind.WRITE, "a write through Hasten");
    private static final Cause ANYTHING =
            new Cause(Kind.WRITE, "a write through Hasten; it was not known what it changed");

    /** A longer search of the locks means that other sessions hold many; the search would slow all sessions down. */
    private static final Duration LONGEST_SEARCH = Duration.ofMillis(20);

    /** After a long search, every write that would need one outdates all data for this time. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int MOST_PROOFS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final @Nullable Parts parts;
    private final LongAdder searches = new LongAdder();
    private final LongAdder everything = new LongAdder();
    private final AtomicBoolean proving = new AtomicBoolean();
    private volatile long searchAgainNanos = System.nanoTime();

    /**
     * What it needs of a database.
     *
     * @param unknown writes whose outcome is not known
     * @param schemaChanged called when a statement may have changed the schema
     */
    public record Parts(
            Proofs proofs,
            RelationGenerations relations,
            CacheStatistics statistics,
            UnknownOutcomes unknown,
            Watchdog watchdog,
            Runnable schemaChanged) {}

    private WriteTracking(@Nullable Parts parts) {
        this.parts = parts;
    }

    /** Tracks the writes of a database. */
    public static WriteTracking of(Parts parts) {
        return new WriteTracking(parts);
    }

    /** The number of transactions whose locks were listed. */
    public long searches() {
        return searches.sum();
    }

    /** The number of writes that outdated all data because it was not known what they write. */
    public long outdatedEverything() {
        return everything.sum();
    }

    /** Tracks one transaction. */
    public TransactionWrites transaction(Access access) {
        return new TransactionWrites(this, parts != null && access == Access.READ_WRITE);
    }

    /**
     * Returns what a statement can change that does not belong to a transaction of Hasten. May use the lease to prove it.
     */
    public StatementEffect effectOf(ParsedStatement sql, Lease lease, Cancellation cancellation) {
        if (parts == null) {
            return Effects.NOTHING;
        }
        StatementProof proof = null;
        long schemaEpoch = parts.proofs().schemaEpoch();
        if (isProvable(sql, lease) && lease.isIdle()) {
            Proofs proofs = parts.proofs();
            proof = proofs.known(sql);
            if (proof == null && proofs.isRepeated(sql)) {
                proof = proofs.of(sql, lease, cancellation);
            }
        }
        StatementEffect effect = Effects.of(sql, proof, schemaEpoch);
        // If SQL of the client has begun a transaction, it is not for Hasten to commit it.
        boolean canSearch = lease.isIdle() && maySearch();
        return effect.needsTransaction() && !canSearch ? Effects.DATA : effect;
    }

    /** Returns what a statement in a transaction can change, as far as it is known without asking PostgreSQL. */
    StatementEffect knownEffectOf(ParsedStatement sql, Lease lease) {
        if (parts == null) {
            return Effects.NOTHING;
        }
        long schemaEpoch = parts.proofs().schemaEpoch();
        return Effects.of(sql, isProvable(sql, lease) ? parts.proofs().known(sql) : null, schemaEpoch);
    }

    long schemaEpoch() {
        return parts == null ? 0 : parts.proofs().schemaEpoch();
    }

    /** Whether a proof applies: in a changed session, names can refer to other tables. */
    static boolean isProvable(ParsedStatement sql, Lease lease) {
        return Effects.isProvable(sql) && !lease.mayHaveChangedSession();
    }

    /** Runs a statement outside of a transaction and outdates what it changes, whether it succeeds or fails. */
    public <T> T tracked(StatementEffect effect, Lease lease, Supplier<T> work) {
        try {
            return work.get();
        } finally {
            outdate(effect, lease);
        }
    }

    /** Called when the outcome of a statement or transaction is known, or its connection is lost. */
    void outdate(StatementEffect effect, Lease lease) {
        if (parts == null) {
            return;
        }
        switch (effect) {
            case StatementEffect.Nothing() -> {}
            case StatementEffect.Relations(RelationIds ids, long schemaEpoch) -> {
                if (schemaEpoch != parts.proofs().schemaEpoch()) {
                    // A trigger may have been created in the meantime.
                    outdateEverything(lease);
                } else if (!ids.isEmpty()) {
                    parts.statistics().count(Event.WRITE);
                    if (lease.isLost()) {
                        parts.unknown().watch(ids, lease.backendProcess());
                    } else {
                        parts.relations().changed(ids, WRITE);
                    }
                }
            }
            case StatementEffect.Locked _ -> outdateEverything(lease);
            case StatementEffect.Everything(boolean schema) -> {
                outdateEverything(lease);
                if (schema) {
                    parts.schemaChanged().run();
                }
            }
        }
    }

    private void outdateEverything(Lease lease) {
        if (parts != null) {
            parts.statistics().count(Event.WRITE);
            everything.increment();
            if (lease.isLost()) {
                parts.unknown().watchAll(lease.backendProcess());
            } else {
                parts.relations().allChanged(ANYTHING);
            }
        }
    }

    /** Whether the locks of a transaction may be listed now. */
    boolean maySearch() {
        return System.nanoTime() - searchAgainNanos >= 0;
    }

    /** Called after the locks of a transaction were listed. */
    void searched(Duration time) {
        searches.increment();
        if (time.compareTo(LONGEST_SEARCH) > 0) {
            searchAgainNanos = System.nanoTime() + PAUSE.toNanos();
        }
    }

    /**
     * Proves statements that were executed before, so that later executions need not list locks. In the background,
     * because a proof waits for locks, and on another connection, because the session may have been changed.
     */
    void proveLater(List<ParsedStatement> statements) {
        if (parts == null) {
            return;
        }
        Proofs proofs = parts.proofs();
        List<ParsedStatement> repeated = statements.stream()
                .filter(sql -> proofs.known(sql) == null && proofs.isRepeated(sql))
                .limit(MOST_PROOFS)
                .toList();
        if (!repeated.isEmpty() && proving.compareAndSet(false, true)) {
            Thread.ofVirtual().name("hasten-proof").start(() -> prove(repeated, proofs));
        }
    }

    private void prove(List<ParsedStatement> statements, Proofs proofs) {
        try {
            for (ParsedStatement sql : statements) {
                Cancellation cancellation = new Cancellation();
                try (Watch _ = requireNonNull(parts).watchdog().watch(cancellation, PATIENCE)) {
                    StatementProof _ = proofs.of(sql, cancellation);
                }
            }
        } catch (DatabaseException | CancelledException e) {
            // A later execution tries again.
        } finally {
            proving.set(false);
        }
    }
}
