package dev.hasten.proof;

import dev.hasten.cache.RelationIds;
import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.Access;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Proves the statements of one database, each once per state of the schema. Thread-safe. */
public final class Proofs {
    private final ConnectionPool pool;
    private final LongSupplier schemaEpoch;
    private final ProofCache cache;
    private final BeforeProof before;
    private final ConcurrentMap<ProofCache.Key, CountDownLatch> running = new ConcurrentHashMap<>();

    /** Is told before a statement is proved, on the same connection; fast if there is nothing to do. */
    @FunctionalInterface
    public interface BeforeProof {
        void prepare(Lease lease, Cancellation cancellation);
    }

    /** @param schemaEpoch the current schema epoch of the database */
    public Proofs(ConnectionPool pool, LongSupplier schemaEpoch, ProofCache cache, BeforeProof before) {
        this.before = before;
        this.pool = pool;
        this.schemaEpoch = schemaEpoch;
        this.cache = cache;
    }

    /** Returns the proof if it is known; null otherwise. Does not block. */
    public @Nullable StatementProof known(ParsedStatement sql) {
        if (!StatementProver.canProve(sql)) {
            return StatementProver.unproved(sql);
        }
        ProofCache.Key key = key(sql.sql());
        ProofCache.Known known = cache.get(key);
        if (known == null) {
            String shape = StatementShape.of(sql.sql());
            known = shape.equals(sql.sql())
                    ? null
                    : cache.get(new ProofCache.Key(key.database(), key.schemaEpoch(), shape));
            if (known != null) {
                cache.put(key, known);
            }
        }
        return known == null ? null : known.proof();
    }

    /**
     * Whether this was called before for the same statement. A statement that is not repeated is not worth a proof.
     */
    public boolean isRepeated(ParsedStatement sql) {
        return cache.isRepeated(key(StatementShape.of(sql.sql())));
    }

    /**
     * Proves a statement on a connection of the pool, unless the proof is known. Several requests for the same proof
     * share it. May block.
     *
     * @throws dev.hasten.postgres.DatabaseException if the database cannot be reached
     */
    public StatementProof of(ParsedStatement sql, Cancellation cancellation) {
        while (true) {
            StatementProof known = known(sql);
            if (known != null) {
                return known;
            }
            ProofCache.Key key = key(StatementShape.of(sql.sql()));
            CountDownLatch own = new CountDownLatch(1);
            CountDownLatch other = running.putIfAbsent(key, own);
            if (other == null) {
                try (Lease lease = pool.lease(cancellation)) {
                    // A proof uses statements that a read-only key must not run. It does not run the client's
                    // statement, but PostgreSQL calls immutable functions when it plans the statement.
                    lease.limitTo(Access.ROLLED_BACK);
                    return proved(key, lease, cancellation);
                } finally {
                    running.remove(key);
                    own.countDown();
                }
            }
            await(other, cancellation);
        }
    }

    /**
     * Proves a statement on this connection. Its session must not have been changed, because all sessions share the
     * proof, and it must not have an open transaction.
     */
    public StatementProof of(ParsedStatement sql, Lease lease, Cancellation cancellation) {
        StatementProof known = known(sql);
        return known != null ? known : proved(key(StatementShape.of(sql.sql())), lease, cancellation);
    }

    private StatementProof proved(ProofCache.Key key, Lease lease, Cancellation cancellation) {
        before.prepare(lease, cancellation);
        StatementProver.Outcome outcome = StatementProver.prove(ParsedStatement.of(key.sql()), lease, cancellation);
        if (outcome.lasts()) {
            cache.put(key, new ProofCache.Known(outcome.proof(), System.nanoTime()));
        }
        return outcome.proof();
    }

    /**
     * Returns the relations with these object identifiers that still exist, in the order of their names. May block.
     *
     * @throws dev.hasten.postgres.DatabaseException if the database cannot be reached
     */
    public List<Relation> relations(RelationIds ids, Cancellation cancellation) {
        if (ids.isEmpty()) {
            return List.of();
        }
        try (Lease lease = pool.lease(cancellation)) {
            lease.limitTo(Access.READ_ONLY);
            return StatementProver.relations(ids, lease, cancellation);
        }
    }

    /** Waits for another request; if its proof fails, the caller tries again. */
    private static void await(CountDownLatch other, Cancellation cancellation) {
        try {
            cancellation.interruptible(() -> {
                other.await();
                return other;
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The current schema epoch. */
    public long schemaEpoch() {
        return schemaEpoch.getAsLong();
    }

    private ProofCache.Key key(String sql) {
        return new ProofCache.Key(pool.options().name(), schemaEpoch.getAsLong(), sql);
    }
}
