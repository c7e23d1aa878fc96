package dev.hasten.schema;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.plan.ParsedPlan;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The cache of compiled plans. All schemas share its capacity. The key contains the hash of the schema and the whole
 * text of the query without its data, not a hash of the text, so that two queries cannot collide.
 */
final class CompiledPlans {
    /** Approximate maximum memory in bytes; a sixteenth of a small heap. */
    private static final long CAPACITY =
            Math.min(128 << 20, Runtime.getRuntime().maxMemory() / 16);

    /** Maximum length of a cached query. Longer queries contain long lists of literals and are not repeated. */
    private static final int LARGEST = 64 << 10;

    private final Cache<Key, PlanEntry> entries = Caffeine.newBuilder()
            .maximumWeight(CAPACITY)
            .weigher((Key key, PlanEntry entry) -> 2 * key.text().length() + entry.bytes())
            .build();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private record Key(String schema, String text) {}

    /** A result of the compiler. */
    sealed interface Compiled {
        /** The result for one query. */
        record Query(ParsedPlan plan) implements Compiled {}

        /**
         * The result for several queries.
         *
         * @param shape null if the queries must run one by one
         */
        record Batch(CompiledBatch.@Nullable Shape shape) implements Compiled {}
    }

    /** @param bytes approximate memory of the entry */
    private record PlanEntry(Compiled compiled, int bytes) {}

    @Nullable
    Compiled find(String schema, String text) {
        PlanEntry entry = entries.getIfPresent(new Key(schema, text));
        if (entry == null) {
            return null;
        }
        hits.increment();
        return entry.compiled();
    }

    void put(String schema, String text, Compiled compiled, int bytes) {
        this.misses.increment();
        if (text.length() <= LARGEST) {
            entries.put(new Key(schema, text), new PlanEntry(compiled, bytes));
        }
    }

    /** Returns how many queries used a cached plan. */
    long hits() {
        return hits.sum();
    }

    /** Returns how many queries were compiled. */
    long misses() {
        return misses.sum();
    }
}
