package dev.hasten.bench.load;

import dev.hasten.bench.http.CacheStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The combined measurements of all event loops.
 *
 * @param latencies latencies of the successful operations in nanoseconds
 * @param kinds latencies by kind of operation
 * @param slices latencies by intended start time, in slices of {@code sliceNanos}
 * @param cache number of responses by cache status
 * @param failures number of failed operations by reason
 * @param rounds rounds of a stampede; empty for other loads
 * @param requests number of responses
 * @param bodyBytes total length of their bodies
 * @param elapsedNanos time from the start of the measurement to its last response
 * @param reconnects number of connections that were opened again
 * @param generatorCpuNanos CPU time of the load generator's threads
 */
public record Measurement(
        Histogram latencies,
        List<Histogram> kinds,
        List<Histogram> slices,
        long sliceNanos,
        Map<CacheStatus, Long> cache,
        Map<String, Long> failures,
        List<Round> rounds,
        long requests,
        long bodyBytes,
        long elapsedNanos,
        long reconnects,
        long generatorCpuNanos) {
    /**
     * A round in which all connections simultaneously request a response that was just invalidated.
     *
     * @param misses number of responses with cache status miss, which waited for PostgreSQL
     * @param nanos time until the last connection received its response
     */
    public record Round(long misses, long nanos) {}

    static Measurement of(List<Recorder> parts, long generatorCpuNanos) {
        Recorder first = parts.getFirst();
        Histogram all = Recorder.latencies(3);
        List<Histogram> kinds = new ArrayList<>();
        for (int kind = 0; kind < first.kinds.size(); kind++) {
            Histogram sum = Recorder.latencies(3);
            for (Recorder part : parts) {
                sum.add(part.kinds.get(kind));
            }
            kinds.add(sum);
            all.add(sum);
        }
        Map<CacheStatus, Long> cache = new EnumMap<>(CacheStatus.class);
        Map<String, Long> failures = new TreeMap<>();
        for (Recorder part : parts) {
            for (CacheStatus status : CacheStatus.values()) {
                cache.merge(status, part.responses(status), Long::sum);
            }
            part.failures.forEach((reason, count) -> failures.merge(reason, count, Long::sum));
        }
        return new Measurement(
                all,
                kinds,
                slices(parts),
                first.sliceNanos,
                cache,
                failures,
                parts.stream().flatMap(part -> part.rounds.stream()).toList(),
                parts.stream().mapToLong(part -> part.requests).sum(),
                parts.stream().mapToLong(part -> part.bodyBytes).sum(),
                parts.stream().mapToLong(part -> part.end - part.start).max().orElse(0),
                parts.stream().mapToLong(part -> part.reconnects).sum(),
                generatorCpuNanos);
    }

    private static List<Histogram> slices(List<Recorder> parts) {
        List<Histogram> slices = new ArrayList<>();
        for (int slice = 0; slice < parts.getFirst().slices.length; slice++) {
            Histogram sum = Recorder.latencies(2);
            for (Recorder part : parts) {
                if (part.slices[slice] != null) {
                    sum.add(part.slices[slice]);
                }
            }
            slices.add(sum);
        }
        while (!slices.isEmpty() && slices.getLast().getTotalCount() == 0) {
            slices.removeLast();
        }
        return slices;
    }

    /** The number of successful operations. */
    public long operations() {
        return latencies.getTotalCount();
    }

    /** The number of failed operations. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }
}
