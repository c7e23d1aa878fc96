package dev.hasten.bench.result;

import dev.hasten.bench.load.Measurement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Results of rounds in which all connections simultaneously requested a response that was just invalidated.
 *
 * @param rounds number of rounds
 * @param missesMedian median number of responses with cache status {@code miss}, which waited for PostgreSQL
 * @param missesMax maximum of that number over all rounds
 * @param medianMicros median time until the last connection received its response, in microseconds
 * @param maxMicros maximum of that time over all rounds
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
