package dev.hasten.bench.result;

import dev.hasten.bench.load.Measurement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened each time when all connections asked at once for an answer that was just invalidated.
 *
 * @param rounds how often
 * @param missesMedian how many of the connections were told {@code miss}: they waited for PostgreSQL
 * @param missesMax the same in the worst round
 * @param medianMicros until the last connection had its answer
 * @param maxMicros the same in the worst round
 */
public record Stampede(int rounds, long missesMedian, long missesMax, double medianMicros, double maxMicros) {
    static @Nullable Stampede of(List<Measurement.Round> rounds) {
        if (rounds.isEmpty()) {
            return null;
        }
        long[] misses =
                rounds.stream().mapToLong(Measurement.Round::misses).sorted().toArray();
        long[] nanos =
                rounds.stream().mapToLong(Measurement.Round::nanos).sorted().toArray();
        return new Stampede(
                rounds.size(),
                misses[misses.length / 2],
                misses[misses.length - 1],
                Latency.micros(nanos[nanos.length / 2]),
                Latency.micros(nanos[nanos.length - 1]));
    }
}
