package dev.hasten.bench.report;

import static dev.hasten.bench.report.Page.number;
import static dev.hasten.bench.report.Page.text;

import dev.hasten.bench.result.Idle;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ScenarioResult;
import dev.hasten.bench.result.Stampede;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The results of a scenario other than throughput and latency, as markup. */
final class ScenarioNotes {
    private ScenarioNotes() {}

    static List<String> of(ScenarioResult result) {
        List<String> notes = new ArrayList<>();
        kinds(result, notes);
        cache(result, notes);
        Round last = result.rounds().getLast();
        String which = result.rounds().size() > 1 ? "Last round: " : "";
        if (last.stampede() != null) {
            notes.add(which + stampede(last.stampede()));
        }
        if (last.idle() != null) {
            notes.add(which + idle(last.idle()));
        }
        long reconnects = result.rounds().stream().mapToLong(Round::reconnects).sum();
        if (reconnects > 0) {
            notes.add("Connections opened again: " + number(reconnects) + ".");
        }
        failures(result, notes);
        return notes;
    }

    private static void kinds(ScenarioResult result, List<String> notes) {
        for (String kind : result.rounds().getFirst().kinds().keySet()) {
            notes.add(text(kind) + ": p50 " + millis(result, kind, true) + " ms, p99 " + millis(result, kind, false)
                    + " ms");
        }
    }

    private static String millis(ScenarioResult result, String kind, boolean median) {
        return number(
                result.median(round -> {
                            var latency = round.kinds().get(kind);
                            return latency == null ? 0 : median ? latency.p50() : latency.p99();
                        })
                        / 1e3,
                2);
    }

    private static void cache(ScenarioResult result, List<String> notes) {
        Map<String, Long> sum = sum(result, Round::cache);
        if (!sum.isEmpty()) {
            notes.add("Responses by accelerate-cache-status: "
                    + sum.entrySet().stream()
                            .map(entry -> text(entry.getKey()) + " " + number(entry.getValue()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static String stampede(Stampede stampede) {
        return number(stampede.rounds())
                + " times, the response was invalidated and then requested by all connections simultaneously. Median: "
                + stampede.missesMedian() + " connections waited for PostgreSQL (at most "
                + stampede.missesMax() + "), and all had received the response after "
                + number(stampede.medianMicros() / 1e3)
                + " ms (at most " + number(stampede.maxMicros() / 1e3) + " ms).";
    }

    private static String idle(Idle idle) {
        String memory = idle.residentMegabytesBefore() == null || idle.residentMegabytesWith() == null
                ? ""
                : " The server process used " + number(idle.residentMegabytesBefore(), 0)
                        + " MB without the idle connections and " + number(idle.residentMegabytesWith(), 0)
                        + " MB with them.";
        return "Of " + number(idle.opened()) + " idle connections, " + number(idle.stillOpen())
                + " were open at the end, and " + number(idle.answeredAgain()) + " served another request." + memory;
    }

    private static void failures(ScenarioResult result, List<String> notes) {
        sum(result, Round::failures)
                .forEach((reason, count) ->
                        notes.add("<span class=\"failed\">" + number(count) + " failed: " + text(reason) + "</span>"));
    }

    private static Map<String, Long> sum(
            ScenarioResult result, java.util.function.Function<Round, Map<String, Long>> counts) {
        Map<String, Long> sum = new TreeMap<>();
        result.rounds()
                .forEach(round -> counts.apply(round).forEach((name, count) -> sum.merge(name, count, Long::sum)));
        return sum;
    }
}
