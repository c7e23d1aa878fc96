package dev.hasten.proof;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The proofs of all databases, by statement text and state of the database schema. Thread-safe. */
public final class ProofCache {
    /** Approximate maximum memory in bytes. */
    private static final long REMEMBERED = 16 << 20;

    /** Approximate maximum memory for texts without a proof, in bytes. */
    private static final long EXECUTED = 4 << 20;

    private static final int RELATION_BYTES = 200;

    /** Proofs expire because Hasten may not notice that a function was replaced. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Cache<Key, Known> proofs = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED)
            .weigher(ProofCache::weight)
            .expireAfterWrite(LONGEST)
            .build();

    /** Statements that were executed once. */
    private final Cache<Key, Boolean> executed = Caffeine.newBuilder()
            .maximumWeight(EXECUTED)
            .weigher((Key key, Boolean _) -> 2 * key.sql().length() + 100)
            .build();

    /** @param sql the text, or its {@link StatementShape} */
    record Key(String database, long schemaEpoch, String sql) {}

    /** @param provedNanos the time of the proof; the text of a statement and its shape share it */
    record Known(StatementProof proof, long provedNanos) {}

    private static int weight(Key key, Known known) {
        StatementProof proof = known.proof();
        int written = proof.writes() instanceof WriteProof.Relations(var ids) ? 4 * ids.size() : 0;
        return 2 * key.sql().length()
                + RELATION_BYTES * (2 + proof.reads().relations().size())
                + written;
    }

    @Nullable
    Known get(Key key) {
        Known known = proofs.getIfPresent(key);
        return known != null && System.nanoTime() - known.provedNanos() < LONGEST.toNanos() ? known : null;
    }

    /** Whether this was called before for the statement; usually false again after many other statements. */
    boolean isRepeated(Key key) {
        return executed.asMap().putIfAbsent(key, true) != null;
    }

    void put(Key key, Known known) {
        proofs.put(key, known);
    }
}
