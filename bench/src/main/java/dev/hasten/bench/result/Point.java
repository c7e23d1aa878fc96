package dev.hasten.bench.result;

import java.util.List;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;

/**
 * A point of the latency curve.
 *
 * @param percentile 0 to 100
 * @param micros the latency that this percentage of the operations did not exceed, in microseconds
 */
public record Point(double percentile, double micros) {
    private static final int TICKS_PER_HALF = 5;

    /** The latency curve, with more points toward the highest percentile. */
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
