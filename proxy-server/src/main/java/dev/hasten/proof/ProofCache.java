package dev.hasten.proof;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The proofs of all databases, by statement text and state of the database schema. Thread-safe. */
public final class ProofCache {
    /** The part of the memory for texts without a proof. */
    private static final int EXECUTED_PART = 4;

    private static final int RELATION_BYTES = 200;

    /** Proofs expire because Hasten may not notice that a function was replaced. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final long maxBytes;
    private final Cache<Key, Known> proofs;

    /** Statements that were executed once. */
    private final Cache<Key, Boolean> executed;

    /** @param sql the text, or its {@link StatementShape} */
    record Key(String database, long schemaEpoch, String sql) {}

    /** @param provedNanos the time of the proof; the text of a statement and its shape share it */
    record Known(StatementProof proof, long provedNanos) {}

    /** @param maxBytes memory for proofs and statements, approximately */
    public ProofCache(long maxBytes) {
        this.maxBytes = maxBytes;
        long executedBytes = maxBytes / EXECUTED_PART;
        this.proofs = Caffeine.newBuilder()
                .maximumWeight(maxBytes - executedBytes)
                .weigher(ProofCache::weight)
                .expireAfterWrite(LONGEST)
                .build();
        this.executed = Caffeine.newBuilder()
                .maximumWeight(executedBytes)
                .weigher((Key key, Boolean _) -> 2 * key.sql().length() + 100)
                .build();
    }

    /** Approximate memory for proofs and statements, in bytes. */
    public long bytes() {
        return bytes(proofs) + bytes(executed);
    }

    private static long bytes(Cache<?, ?> cache) {
        return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** The limit of {@link #bytes}. */
    public long maxBytes() {
        return maxBytes;
    }

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
