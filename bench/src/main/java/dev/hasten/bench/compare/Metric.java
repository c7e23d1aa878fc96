package dev.hasten.bench.compare;

import dev.hasten.bench.result.Round;
import java.util.List;

/** A metric for the comparison of two runs. */
public enum Metric {
    /** Operations per second. */
    THROUGHPUT("per second"),
    /** Milliseconds. */
    P50("p50 ms"),
    /** Milliseconds. */
    P99("p99 ms"),
    /** CPU time of the server process per operation in microseconds. */
    SERVER_CPU("server CPU us");

    private final String title;

    Metric(String title) {
        this.title = title;
    }

    /** The name with its unit. */
    public String title() {
        return title;
    }

    boolean moreIsBetter() {
        return this == THROUGHPUT;
    }

    /** One value per round; 0 if it was not measured. */
    double[] values(List<Round> rounds) {
        return rounds.stream().mapToDouble(this::value).toArray();
    }

    private double value(Round round) {
        return switch (this) {
            case THROUGHPUT -> round.throughput();
            case P50 -> round.latency().p50() / 1e3;
            case P99 -> round.latency().p99() / 1e3;
            case SERVER_CPU -> round.server() == null ? 0 : round.server().cpuMicros();
        };
    }
}
