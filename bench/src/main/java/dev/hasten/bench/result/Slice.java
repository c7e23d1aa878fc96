package dev.hasten.bench.result;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A time slice of a run, by the intended start of its operations.
 *
 * @param second start of the slice, in seconds since the start of the run
 * @param operations number of operations
 * @param p50 microseconds
 * @param p99 microseconds
 * @param max microseconds
 */
public record Slice(double second, long operations, double p50, double p99, double max) {
    static List<Slice> of(List<Histogram> slices, long sliceNanos) {
        List<Slice> course = new ArrayList<>();
        for (int i = 0; i < slices.size(); i++) {
            Histogram nanos = slices.get(i);
            if (nanos.getTotalCount() > 0) {
                course.add(new Slice(
                        Math.round(i * sliceNanos / 1e6) / 1e3,
                        nanos.getTotalCount(),
                        Latency.micros(nanos.getValueAtPercentile(50)),
                        Latency.micros(nanos.getValueAtPercentile(99)),
                        Latency.micros(nanos.getMaxValue())));
            }
        }
        return course;
    }
}
