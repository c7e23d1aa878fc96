package dev.hasten.cli;

import dev.hasten.bench.result.Latency;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ScenarioResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The output of a benchmark on the terminal: a line for each round when it ends, and the medians. */
final class BenchTable {
    private BenchTable() {}

    /** The column titles. */
    static List<String> header() {
        return List.of(
                line("", "", "", "", "", "", "ms", "", "", "KB", "CPU us", "CPU us", "", ""),
                line(
                        "SCENARIO",
                        "ROUND",
                        "COUNT",
                        "PER SECOND",
                        "P50",
                        "P90",
                        "P99",
                        "P99.9",
                        "MAX",
                        "RESPONSE",
                        "SERVER",
                        "BENCH",
                        "FAILED",
                        ""));
    }

    /** The line of a round, and a line for each kind of failure. */
    static List<String> round(String scenario, int number, Round round) {
        List<String> lines = new ArrayList<>();
        Latency latency = round.latency();
        lines.add(line(
                scenario,
                number,
                latency.count(),
                rate(round.throughput()),
                millis(latency.p50()),
                millis(latency.p90()),
                millis(latency.p99()),
                millis(latency.p999()),
                millis(latency.max()),
                round.requests() == 0 ? "-" : decimal(round.bodyBytes() / 1e3 / Math.max(1, round.operations()), 1),
                round.server() == null ? "-" : decimal(round.server().cpuMicros(), 0),
                decimal(round.generatorCpuMicros(), 0),
                round.failed(),
                note(round)));
        round.failures().forEach((reason, count) -> lines.add("  FAILED " + count + " times: " + reason));
        return lines;
    }

    /** The line with the medians of several rounds. */
    static String medians(ScenarioResult result) {
        return line(
                result.name(),
                "all",
                result.rounds().stream().mapToLong(Round::operations).sum(),
                rate(result.median(Round::throughput)),
                millis(result.median(round -> round.latency().p50())),
                millis(result.median(round -> round.latency().p90())),
                millis(result.median(round -> round.latency().p99())),
                millis(result.median(round -> round.latency().p999())),
                millis(result.median(round -> round.latency().max())),
                "",
                result.rounds().getFirst().server() == null
                        ? "-"
                        : decimal(
                                result.median(round -> round.server() == null
                                        ? 0
                                        : round.server().cpuMicros()),
                                0),
                decimal(result.median(Round::generatorCpuMicros), 0),
                result.failed(),
                "");
    }

    private static String note(Round round) {
        List<String> notes = new ArrayList<>();
        round.kinds()
                .forEach((kind, latency) ->
                        notes.add(kind + " p50 " + millis(latency.p50()) + ", p99 " + millis(latency.p99()) + " ms"));
        if (!round.cache().isEmpty()) {
            notes.add(round.cache().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", ")));
        }
        if (round.stampede() != null) {
            notes.add(round.stampede().rounds() + " stampedes; median: "
                    + round.stampede().missesMedian() + " waited for PostgreSQL, all received the response within "
                    + millis(round.stampede().medianMicros()) + " ms");
        }
        if (round.idle() != null) {
            notes.add(round.idle().stillOpen() + " of " + round.idle().opened() + " idle connections stayed open, "
                    + round.idle().answeredAgain() + " served another request");
            if (round.idle().residentMegabytesBefore() != null && round.idle().residentMegabytesWith() != null) {
                notes.add("server " + round.idle().residentMegabytesBefore() + " MB before, "
                        + round.idle().residentMegabytesWith() + " MB with the idle connections");
            }
        }
        if (round.reconnects() > 0) {
            notes.add(round.reconnects() + " reconnects");
        }
        return String.join("; ", notes);
    }

    private static String line(Object... cells) {
        return "%-16s %5s %9s %10s %9s %9s %9s %9s %9s %8s %7s %7s %7s  %s"
                .formatted(cells)
                .stripTrailing();
    }

    private static String millis(double micros) {
        return decimal(micros / 1e3, 2);
    }

    private static String rate(double perSecond) {
        return decimal(perSecond, perSecond < 100 ? 1 : 0);
    }

    private static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
