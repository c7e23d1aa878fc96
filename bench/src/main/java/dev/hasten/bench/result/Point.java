package dev.hasten.bench.result;

import java.util.List;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;

/**
 * A point of the curve of latencies.
 *
 * @param percentile 0 to 100
 * @param micros what so many percent of the operations did not exceed
 */
public record Point(double percentile, double micros) {
    private static final int TICKS_PER_HALF = 5;

    /** The closer to the slowest, the more points. */
    static List<Point> curve(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return List.of();
        }
        return StreamSupport.stream(nanos.percentiles(TICKS_PER_HALF).spliterator(), false)
                .map(value ->
                        new Point(value.getPercentileLevelIteratedTo(), Latency.micros(value.getValueIteratedTo())))
                .toList();
    }
}
