package dev.hasten.bench.compare;

import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ServerUse;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A number that two runs are compared by. */
public enum Metric {
    /** Operations for each second. */
    THROUGHPUT("per second", true, Round::throughput),
    /** Milliseconds. */
    P50("p50 ms", false, round -> round.latency().p50() / 1e3),
    /** Milliseconds. */
    P99("p99 ms", false, round -> round.latency().p99() / 1e3),
    /** Microseconds of the server's process for each operation. */
    SERVER_CPU("server CPU us", false, round -> {
        ServerUse server = round.server();
        return server == null ? 0 : server.cpuMicros();
    });

    private final String title;
    private final boolean moreIsBetter;
    private final ToDoubleFunction<Round> value;

    Metric(String title, boolean moreIsBetter, ToDoubleFunction<Round> value) {
        this.title = title;
        this.moreIsBetter = moreIsBetter;
        this.value = value;
    }

    /** With its unit. */
    public String title() {
        return title;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }

    /** One for each round; 0 where it was not measured. */
    double[] values(List<Round> rounds) {
        return rounds.stream().mapToDouble(value).toArray();
    }
}
