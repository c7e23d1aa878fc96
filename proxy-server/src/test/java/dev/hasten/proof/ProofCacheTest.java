package dev.hasten.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.cache.RelationIds;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proofs take a limited amount of memory, whatever statements clients send. */
class ProofCacheTest {
    private static final ProofCache.Known PROOF = new ProofCache.Known(
            new StatementProof(ReadProof.CONSTANT, new WriteProof.Relations(RelationIds.of(List.of(1, 2)))),
            System.nanoTime());

    private final ProofCache cache = new ProofCache(100 << 10);

    private static ProofCache.Key key(int number) {
        return new ProofCache.Key("default", 0, "SELECT " + number + " " + "x".repeat(500));
    }

    @Test
    void proofsAndStatementsStayWithinTheLimit() {
        for (int i = 0; i < 2000; i++) {
            cache.put(key(i), PROOF);
            assertThat(cache.isRepeated(key(i))).isFalse();
        }

        await().untilAsserted(() -> assertThat(cache.bytes()).isBetween(50L << 10, 100L << 10));
        assertThat(cache.maxBytes()).isEqualTo(100 << 10);
    }

    @Test
    void aRecentProofIsKnown() {
        cache.put(key(1), PROOF);

        assertThat(cache.get(key(1))).isEqualTo(PROOF);
        assertThat(cache.get(key(2))).isNull();
        assertThat(cache.isRepeated(key(3))).isFalse();
        assertThat(cache.isRepeated(key(3))).isTrue();
    }
}
