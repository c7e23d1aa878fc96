package dev.hasten.bench.load;

import dev.hasten.bench.http.CacheStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What all event loops have seen.
 *
 * @param latencies of the operations that were right, in nanoseconds
 * @param kinds the same by kind of operation
 * @param slices the same by time of their (intended) beginning, each of {@code sliceNanos}
 * @param cache answers by what the cache said
 * @param failures operations that were not right, by reason
 * @param rounds of a stampede; empty for other loads
 * @param requests answers that came
 * @param bodyBytes of these
 * @param elapsedNanos from the beginning of what is measured to its last answer
 * @param reconnects connections that had to be opened again
 * @param generatorCpuNanos of the threads that made the load
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
     * All connections ask at once for an answer that was just invalidated.
     *
     * @param misses how many of them were told that they had to wait for PostgreSQL
     * @param nanos until the last one had its answer
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
                cache.merge(status, part.answers(status), Long::sum);
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

    /** Operations that were right. */
    public long operations() {
        return latencies.getTotalCount();
    }

    /** Operations that were not. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }
}
