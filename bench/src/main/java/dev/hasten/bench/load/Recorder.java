package dev.hasten.bench.load;

import dev.hasten.bench.http.CacheStatus;
import dev.hasten.bench.http.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** The measurements of one event loop. Not thread-safe; must be read only after the load has ended. */
final class Recorder {
    /** Number of time slices of a run. */
    private static final int SLICES = 60;

    private static final long SHORTEST_SLICE = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_LATENCY = Duration.ofHours(1).toNanos();

    final long start;
    final long sliceNanos;
    final List<Histogram> kinds = new ArrayList<>();
    final Histogram[] slices = new Histogram[SLICES + 1];
    private final Map<CacheStatus, Counter> cache = new EnumMap<>(CacheStatus.class);
    final Map<String, Long> failures = new TreeMap<>();
    final List<Measurement.Round> rounds = new ArrayList<>();
    long requests;
    long bodyBytes;
    long end;
    long reconnects;

    /**
     * @param start start of the measurement, in terms of {@link System#nanoTime}
     * @param kinds number of kinds of operations
     */
    Recorder(long start, Duration duration, int kinds) {
        this.start = start;
        this.end = start;
        this.sliceNanos = Math.max(SHORTEST_SLICE, duration.toNanos() / SLICES);
        for (int kind = 0; kind < kinds; kind++) {
            this.kinds.add(latencies(3));
        }
    }

    private static final class Counter {
        private long count;
    }

    /** The number of responses with a cache status. */
    long responses(CacheStatus status) {
        Counter counter = cache.get(status);
        return counter == null ? 0 : counter.count;
    }

    static Histogram latencies(int digits) {
        return new Histogram(1, LONGEST_LATENCY, digits);
    }

    void respond(Response response) {
        requests++;
        bodyBytes += response.bodyLength();
        cache.computeIfAbsent(response.cacheStatus(), _ -> new Counter()).count++;
    }

    /**
     * Records an operation. Its latency is measured from the intended start, so it includes the time spent waiting for
     * a connection.
     */
    void operation(int kind, long intended, long now) {
        long latency = Math.clamp(now - intended, 1, LONGEST_LATENCY);
        kinds.get(kind).recordValue(latency);
        end = now;
        int slice = Math.clamp((intended - start) / sliceNanos, 0, SLICES);
        if (slices[slice] == null) {
            slices[slice] = latencies(2);
        }
        slices[slice].recordValue(latency);
    }

    void round(long misses, long nanos) {
        rounds.add(new Measurement.Round(misses, nanos));
    }

    void failure(String reason, long count) {
        failures.merge(reason, count, Long::sum);
    }
}
