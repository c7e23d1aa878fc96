package dev.hasten.cli;

import dev.hasten.bench.compare.Comparison;
import dev.hasten.bench.compare.Verdict;
import dev.hasten.bench.report.HtmlComparison;
import dev.hasten.bench.result.BenchReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two runs of the bench. */
@Command(
        name = "compare",
        description = {
            "Compare two runs. Shows the ratio B / A of each metric of each scenario, with a confidence interval.",
            "A difference is noise if the interval includes 1. The confidence is 95%%, or 90%% with 3 rounds per run, the"
                    + " minimum for a verdict. Changes on the machine between the runs also cause differences; run A"
                    + " again to see how large they are."
        },
        mixinStandardHelpOptions = true)
final class BenchCompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "A.json",
            description = "Report of the first run, written by `hasten bench --json`.")
    private Path a = Path.of("");

    @Parameters(index = "1", paramLabel = "B.json", description = "Report of the second run.")
    private Path b = Path.of("");

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a comparison with charts to FILE, a single HTML page.")
    private @Nullable Path html;

    @Override
    public Integer call() {
        try {
            Comparison comparison = Comparison.of(BenchReport.read(a), BenchReport.read(b));
            show(comparison);
            if (html != null) {
                HtmlComparison.write(comparison, html);
            }
            return ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("hasten: " + e.getMessage());
            spec.commandLine().getErr().flush();
            return ExitCode.SOFTWARE;
        }
    }

    private void show(Comparison comparison) {
        PrintWriter out = spec.commandLine().getOut();
        comparison.warnings().forEach(warning -> out.println("WARNING: " + warning));
        TextTable table = new TextTable("SCENARIO", "METRIC", "A", "B", "B / A", "INTERVAL", "CONFIDENCE", "VERDICT");
        for (Comparison.Row row : comparison.rows()) {
            table.row(List.of(
                    row.scenario(),
                    row.metric().title(),
                    number(row.medianA()),
                    number(row.medianB()),
                    twoDigits(row.ratio().estimate()),
                    twoDigits(row.ratio().low()) + " to "
                            + twoDigits(row.ratio().high()),
                    row.verdict() == Verdict.TOO_FEW_ROUNDS
                            ? "-"
                            : Math.round(100 * row.ratio().confidence()) + " %",
                    row.verdict().text()));
        }
        out.print(table);
        if (comparison.rows().isEmpty()) {
            out.println("The reports have no scenario in common.");
        }
        out.flush();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }

    private static String twoDigits(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
