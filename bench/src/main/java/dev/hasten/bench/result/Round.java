package dev.hasten.bench.result;

import dev.hasten.bench.http.CacheStatus;
import dev.hasten.bench.load.Measurement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run of a scenario.
 *
 * @param operations that were right
 * @param failed operations that were not, those of the warm-up included
 * @param seconds from the end of the warm-up to the last answer
 * @param throughput operations for each second
 * @param kinds latencies by kind of operation; empty where there is but one
 * @param curve latency by percentile
 * @param course latency by time
 * @param failures their number by reason
 * @param cache answers by what the cache said, where it said something
 * @param requests answers that came
 * @param bodyBytes of these
 * @param reconnects connections that had to be opened again
 * @param generatorCpuMicros CPU time of the generator for each operation, in microseconds
 * @param server what was seen of the server's process; null if that is not known
 * @param stampede what a stampede showed; null for all other loads
 * @param idle what became of the idle connections; null for loads without
 */
public record Round(
        long operations,
        long failed,
        double seconds,
        double throughput,
        Latency latency,
        Map<String, Latency> kinds,
        List<Point> curve,
        List<Slice> course,
        Map<String, Long> failures,
        Map<String, Long> cache,
        long requests,
        long bodyBytes,
        long reconnects,
        double generatorCpuMicros,
        @Nullable ServerUse server,
        @Nullable Stampede stampede,
        @Nullable Idle idle) {
    /**
     * Of what was measured.
     *
     * @param kinds names of the kinds of operations, or none
     */
    public static Round of(Measurement measured, List<String> kinds, @Nullable ServerUse server) {
        double seconds = measured.elapsedNanos() / 1e9;
        Map<String, Latency> byKind = new TreeMap<>();
        for (int kind = 0; kind < kinds.size(); kind++) {
            byKind.put(kinds.get(kind), Latency.of(measured.kinds().get(kind)));
        }
        Map<String, Long> cache = new TreeMap<>();
        measured.cache().forEach((status, count) -> {
            if (count > 0 && status != CacheStatus.ABSENT) {
                cache.put(status.name().toLowerCase(Locale.ROOT), count);
            }
        });
        return new Round(
                measured.operations(),
                measured.failed(),
                Math.round(seconds * 1e6) / 1e6,
                seconds == 0 ? 0 : Math.round(measured.operations() / seconds * 10) / 10.0,
                Latency.of(measured.latencies()),
                byKind,
                Point.curve(measured.latencies()),
                Slice.of(measured.slices(), measured.sliceNanos()),
                measured.failures(),
                cache,
                measured.requests(),
                measured.bodyBytes(),
                measured.reconnects(),
                perOperation(measured.generatorCpuNanos(), measured.operations()),
                server,
                Stampede.of(measured.rounds()),
                null);
    }

    /** The same with what became of idle connections. */
    public Round with(Idle other) {
        return new Round(
                operations,
                failed,
                seconds,
                throughput,
                latency,
                kinds,
                curve,
                course,
                failures,
                cache,
                requests,
                bodyBytes,
                reconnects,
                generatorCpuMicros,
                server,
                stampede,
                other);
    }

    /** Microseconds to a tenth. */
    public static double perOperation(long nanos, long operations) {
        return operations == 0 ? 0 : Latency.micros((double) nanos / operations);
    }
}
