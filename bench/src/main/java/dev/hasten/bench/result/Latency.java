package dev.hasten.bench.result;

import org.HdrHistogram.Histogram;

/**
 * Latencies of operations in microseconds.
 *
 * @param count number of operations
 * @param p999 the 99.9th percentile
 */
public record Latency(
        long count, double mean, double min, double p50, double p90, double p99, double p999, double max) {
    /** @param nanos latencies in nanoseconds */
    static Latency of(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return new Latency(0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new Latency(
                nanos.getTotalCount(),
                micros(nanos.getMean()),
                micros(nanos.getMinValue()),
                micros(nanos.getValueAtPercentile(50)),
                micros(nanos.getValueAtPercentile(90)),
                micros(nanos.getValueAtPercentile(99)),
                micros(nanos.getValueAtPercentile(99.9)),
                micros(nanos.getMaxValue()));
    }

    /** To a tenth. */
    static double micros(long nanos) {
        return micros((double) nanos);
    }

    /** To a tenth. */
    static double micros(double nanos) {
        return Math.round(nanos / 100) / 10.0;
    }
}
