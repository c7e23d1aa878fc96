package dev.hasten.schema;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.plan.ParsedPlan;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What queries were compiled to, for all schemas under one bound: by the hash of the schema and the whole text of the
 * query without its data, so that no two queries can be taken for each other.
 */
final class CompiledPlans {
    /** Bytes of memory, roughly; a sixteenth of a small heap. */
    private static final long CAPACITY =
            Math.min(128 << 20, Runtime.getRuntime().maxMemory() / 16);

    /** Larger queries have long lists of literals in them, and do not come again. */
    private static final int LARGEST = 64 << 10;

    private final Cache<Key, PlanEntry> entries = Caffeine.newBuilder()
            .maximumWeight(CAPACITY)
            .weigher((Key key, PlanEntry entry) -> 2 * key.text().length() + entry.bytes())
            .build();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private record Key(String schema, String text) {}

    /** What the compiler made. */
    sealed interface Compiled {
        /** Of one query. */
        record Query(ParsedPlan plan) implements Compiled {}

        /**
         * Of several queries.
         *
         * @param shape null when they must run one by one
         */
        record Batch(CompiledBatch.@Nullable Shape shape) implements Compiled {}
    }

    /** @param bytes of memory, roughly */
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

    /** How many queries had their plan already. */
    long hits() {
        return hits.sum();
    }

    /** How many queries were compiled. */
    long misses() {
        return misses.sum();
    }
}
