package dev.hasten.insights;

import dev.hasten.insights.QueryCall.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The calls of one shape in one window. Thread-safe. */
final class ShapeStatistics {
    /** A client determines the codes of its errors, so their number is limited. */
    private static final int MOST_CODES = 20;

    private static final String OTHER_CODES = "other";

    /** Counts at one moment. Durations are in milliseconds. */
    record Snapshot(
            long calls,
            long hits,
            long staleHits,
            long misses,
            long uncached,
            Map<String, Long> errors,
            double meanMs,
            double p50Ms,
            double p95Ms,
            double p99Ms,
            double totalMs,
            double databaseMeanMs,
            long executions,
            long rows,
            long bytes) {
        static final Snapshot NONE = new Snapshot(0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0);

        /** The part of the calls that the cache answered; 0 if there were none. */
        double hitRate() {
            return calls == 0 ? 0 : (double) (hits + staleHits) / calls;
        }

        /** Time that hits would have spent in PostgreSQL, in milliseconds. */
        double savedMs() {
            return (hits + staleHits) * databaseMeanMs;
        }
    }

    /** The number of the window. */
    final long window;

    private final Map<Outcome, LongAdder> calls = new EnumMap<>(Outcome.class);
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>(2);
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder executions = new LongAdder();
    private final LongAdder databaseNanos = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    ShapeStatistics(long window) {
        this.window = window;
        for (Outcome outcome : Outcome.values()) {
            calls.put(outcome, new LongAdder());
        }
    }

    void add(QueryCall call) {
        adder(call.outcome()).increment();
        nanos.add(call.nanos());
        latencies.add(call.nanos());
        bytes.add(call.bytes());
        if (call.databaseNanos() > 0) {
            executions.increment();
            databaseNanos.add(call.databaseNanos());
            rows.add(call.rows());
        }
        if (call.errorCode() != null) {
            String code =
                    errors.containsKey(call.errorCode()) || errors.size() < MOST_CODES ? call.errorCode() : OTHER_CODES;
            errors.computeIfAbsent(code, _ -> new LongAdder()).increment();
        }
    }

    private LongAdder adder(Outcome outcome) {
        LongAdder adder = calls.get(outcome);
        if (adder == null) {
            throw new IllegalStateException("no adder for " + outcome);
        }
        return adder;
    }

    Snapshot snapshot() {
        long hits = adder(Outcome.HIT).sum();
        long stale = adder(Outcome.STALE).sum();
        long misses = adder(Outcome.MISS).sum();
        long uncached = adder(Outcome.UNCACHED).sum();
        long all = hits + stale + misses + uncached;
        long ran = executions.sum();
        Map<String, Long> byCode = new TreeMap<>();
        errors.forEach((code, count) -> byCode.put(code, count.sum()));
        LatencyHistogram.Counts counts = latencies.counts();
        double total = nanos.sum() / 1e6;
        return new Snapshot(
                all,
                hits,
                stale,
                misses,
                uncached,
                byCode,
                all == 0 ? 0 : total / all,
                counts.percentileMillis(0.5),
                counts.percentileMillis(0.95),
                counts.percentileMillis(0.99),
                total,
                ran == 0 ? 0 : databaseNanos.sum() / 1e6 / ran,
                ran,
                rows.sum(),
                bytes.sum());
    }
}
