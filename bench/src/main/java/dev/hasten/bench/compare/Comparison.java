package dev.hasten.bench.compare;

import dev.hasten.bench.result.BenchReport;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ScenarioResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A comparison of two reports.
 *
 * @param a the first report
 * @param b the second report
 * @param rows results for the scenarios that both reports contain
 * @param warnings reasons why the reports are not fully comparable
 */
public record Comparison(BenchReport a, BenchReport b, List<Row> rows, List<String> warnings) {
    private static final int LEAST_ROUNDS = 3;

    /**
     * The result for one metric of one scenario.
     *
     * @param medianA median of the rounds of A
     * @param medianB median of the rounds of B
     * @param ratio ratio B / A
     */
    public record Row(String scenario, Metric metric, double medianA, double medianB, Ratio ratio, Verdict verdict) {}

    /** Compares all scenarios and metrics that both reports contain. */
    public static Comparison of(BenchReport a, BenchReport b) {
        List<Row> rows = new ArrayList<>();
        for (ScenarioResult before : a.scenarios()) {
            b.scenarios().stream()
                    .filter(after -> after.name().equals(before.name()))
                    .forEach(after -> compare(a, before, b, after, rows));
        }
        return new Comparison(a, b, List.copyOf(rows), warnings(a, b));
    }

    private static void compare(
            BenchReport a, ScenarioResult before, BenchReport b, ScenarioResult after, List<Row> rows) {
        for (Metric metric : Metric.values()) {
            boolean given = metric == Metric.THROUGHPUT && (isPaced(a, before) || isPaced(b, after));
            double[] valuesA = metric.values(before.rounds());
            double[] valuesB = metric.values(after.rounds());
            if (!given && areMeasured(valuesA) && areMeasured(valuesB)) {
                Ratio ratio = Ratio.of(valuesA, valuesB);
                rows.add(new Row(
                        before.name(),
                        metric,
                        median(valuesA),
                        median(valuesB),
                        ratio,
                        verdict(metric, ratio, Math.min(valuesA.length, valuesB.length))));
            }
        }
    }

    /** Whether the throughput was determined by the load and not by the server. */
    private static boolean isPaced(BenchReport report, ScenarioResult result) {
        return report.settings().rate() > 0 || result.rounds().stream().anyMatch(round -> round.stampede() != null);
    }

    private static boolean areMeasured(double[] values) {
        return values.length > 0 && Arrays.stream(values).allMatch(value -> value > 0);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static Verdict verdict(Metric metric, Ratio ratio, int rounds) {
        if (rounds < LEAST_ROUNDS) {
            return Verdict.TOO_FEW_ROUNDS;
        }
        if (ratio.includesOne()) {
            return Verdict.NOISE;
        }
        return ratio.low() > 1 == metric.moreIsBetter() ? Verdict.BETTER : Verdict.WORSE;
    }

    private static List<String> warnings(BenchReport a, BenchReport b) {
        List<String> warnings = new ArrayList<>();
        differs(warnings, "cores", a.environment().cores(), b.environment().cores());
        differs(warnings, "system", a.environment().os(), b.environment().os());
        differs(
                warnings,
                "connections",
                a.settings().connections(),
                b.settings().connections());
        differs(warnings, "rate", a.settings().rate(), b.settings().rate());
        differs(warnings, "event loops", a.settings().eventLoops(), b.settings().eventLoops());
        differs(warnings, "zipf", a.settings().zipfExponent(), b.settings().zipfExponent());
        differs(
                warnings,
                "mixed ttl",
                a.settings().mixedTtlSeconds(),
                b.settings().mixedTtlSeconds());
        failed(warnings, "A", a);
        failed(warnings, "B", b);
        return List.copyOf(warnings);
    }

    private static void differs(List<String> warnings, String what, Object a, Object b) {
        if (!Objects.equals(a, b)) {
            warnings.add("A and B differ in " + what + ": " + a + " and " + b);
        }
    }

    private static void failed(List<String> warnings, String which, BenchReport report) {
        for (ScenarioResult result : report.scenarios()) {
            long failed = result.rounds().stream().mapToLong(Round::failed).sum();
            if (failed > 0) {
                warnings.add(which + " has " + failed + " failed operations in " + result.name());
            }
        }
    }
}
