package dev.hasten.activity;

import dev.hasten.insights.LatencyHistogram;
import dev.hasten.insights.QueryCall.Outcome;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the completed requests of API keys since the server started, of all databases. Thread-safe. */
public final class Traffic {
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder staleHits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder uncached = new LongAdder();
    private final LatencyHistogram latencies = new LatencyHistogram();

    /** Counts at one moment. */
    public record Counts(
            long requests,
            long errors,
            long hits,
            long staleHits,
            long misses,
            long uncached,
            LatencyHistogram.Counts latencies) {
        /** What was counted since earlier counts. */
        public Counts since(Counts earlier) {
            return new Counts(
                    requests - earlier.requests,
                    errors - earlier.errors,
                    hits - earlier.hits,
                    staleHits - earlier.staleHits,
                    misses - earlier.misses,
                    uncached - earlier.uncached,
                    latencies.since(earlier.latencies));
        }

        /** The sum of both. */
        public Counts and(Counts other) {
            LatencyHistogram.Counts all = LatencyHistogram.Counts.none();
            all.add(latencies);
            all.add(other.latencies);
            return new Counts(
                    requests + other.requests,
                    errors + other.errors,
                    hits + other.hits,
                    staleHits + other.staleHits,
                    misses + other.misses,
                    uncached + other.uncached,
                    all);
        }
    }

    void add(@Nullable Outcome outcome, boolean failed, long nanos) {
        requests.increment();
        latencies.add(nanos);
        if (failed) {
            errors.increment();
        }
        if (outcome != null) {
            adder(outcome).increment();
        }
    }

    private LongAdder adder(Outcome outcome) {
        return switch (outcome) {
            case HIT -> hits;
            case STALE -> staleHits;
            case MISS -> misses;
            case UNCACHED -> uncached;
        };
    }

    /** The counts at this moment. */
    public Counts counts() {
        return new Counts(
                requests.sum(),
                errors.sum(),
                hits.sum(),
                staleHits.sum(),
                misses.sum(),
                uncached.sum(),
                latencies.counts());
    }
}
