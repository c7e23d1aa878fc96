package dev.hasten.bench.result;

import dev.hasten.bench.http.CacheStatus;
import dev.hasten.bench.load.Measurement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results of one run of a scenario.
 *
 * @param operations number of successful operations
 * @param failed number of failed operations, including those of the warm-up
 * @param seconds time from the end of the warm-up to the last response
 * @param throughput operations per second
 * @param kinds latencies by kind of operation; empty if there is only one kind
 * @param curve latency by percentile
 * @param course latency by time
 * @param failures number of failures by reason
 * @param cache number of responses by cache status, without those that have none
 * @param requests number of responses
 * @param bodyBytes total length of their bodies
 * @param reconnects number of connections that were opened again
 * @param generatorCpuMicros CPU time of the load generator per operation in microseconds
 * @param server resource use of the server process; null if unknown
 * @param stampede results of a stampede; null for all other loads
 * @param idle results for idle connections; null for loads without them
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
     * Creates the results from a measurement.
     *
     * @param kinds names of the kinds of operations; may be empty
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

    /** A copy with the results for idle connections. */
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

    /** Microseconds per operation, rounded to a tenth. */
    public static double perOperation(long nanos, long operations) {
        return operations == 0 ? 0 : Latency.micros((double) nanos / operations);
    }
}
