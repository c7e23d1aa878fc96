package dev.hasten.bench.compare;

import dev.hasten.bench.result.Round;
import java.util.List;

/** A number that two runs are compared by. */
public enum Metric {
    /** Operations for each second. */
    THROUGHPUT("per second"),
    /** Milliseconds. */
    P50("p50 ms"),
    /** Milliseconds. */
    P99("p99 ms"),
    /** Microseconds of the server's process for each operation. */
    SERVER_CPU("server CPU us");

    private final String title;

    Metric(String title) {
        this.title = title;
    }

    /** With its unit. */
    public String title() {
        return title;
    }

    boolean moreIsBetter() {
        return this == THROUGHPUT;
    }

    /** One for each round; 0 where it was not measured. */
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
