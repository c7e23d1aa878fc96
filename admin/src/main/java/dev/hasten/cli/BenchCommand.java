package dev.hasten.cli;

import dev.hasten.bench.Bench;
import dev.hasten.bench.BenchListener;
import dev.hasten.bench.BenchSettings;
import dev.hasten.bench.load.LoadSettings;
import dev.hasten.bench.report.HtmlReport;
import dev.hasten.bench.result.BenchReport;
import dev.hasten.bench.result.Environment;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.scenario.Scenarios;
import dev.hasten.config.LogConfig;
import dev.hasten.telemetry.LogSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Load-tests a server. */
@Command(
        name = "bench",
        description = {
            "Load-test a server with requests as sent by Prisma Client 7. Every response is checked.",
            "Without --url, the command starts a server, with an embedded PostgreSQL or the database in"
                    + " DATABASE_URL. It creates"
                    + " tables named hasten_bench_... and drops them at the end. The exit status is 1 if an"
                    + " operation failed, the run was stopped, or the tables could not be dropped."
        },
        subcommands = BenchCompareCommand.class,
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer>, BenchListener {
    @Mixin
    private BenchOptions options = new BenchOptions();

    @Mixin
    private BenchTarget target = new BenchTarget();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--list", description = "List the scenarios and exit.")
    private boolean list;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write all measurements to FILE, for use with `bench compare`.")
    private @Nullable Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a report with charts to FILE, a single HTML page.")
    private @Nullable Path html;

    private boolean tablesStay;

    @Override
    public Integer call() throws Exception {
        if (list) {
            list();
            return ExitCode.OK;
        }
        BenchSettings settings;
        try {
            settings = options.settings();
            target.check();
            requireFolder("--json", json);
            requireFolder("--html", html);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        // Only errors may interrupt the table.
        LogSetup.apply(LogConfig.errorsOnly());
        BenchReport report;
        try (CleanStop stop = new CleanStop()) {
            report = run(settings, stop);
        } catch (CancellationException | InterruptedException e) {
            complain("stopped" + (tablesStay || settings.keepTables() ? "" : "; the benchmark tables were dropped"));
            return ExitCode.SOFTWARE;
        } catch (IOException e) {
            complain(e.getMessage());
            return ExitCode.SOFTWARE;
        }
        if (settings.rounds() > 1) {
            say("");
            say("Medians of " + settings.rounds() + " rounds:");
            BenchTable.header().forEach(this::say);
            report.scenarios().forEach(result -> say(BenchTable.medians(result)));
        }
        if (json != null) {
            report.write(json);
        }
        if (html != null) {
            HtmlReport.write(report, html);
        }
        return report.failed() == 0 && !tablesStay ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Fails before the load starts rather than afterwards. */
    private static void requireFolder(String option, @Nullable Path file) {
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
                throw new IllegalArgumentException(
                        option + ": " + file + " cannot be written; use a file in a writable directory");
            }
        }
    }

    private BenchReport run(BenchSettings settings, CleanStop stop) throws IOException, InterruptedException {
        try (BenchTarget.Ready ready = target.open();
                Bench bench = new Bench(ready.target(), settings, ready.process(), this)) {
            stop.by(bench::stop);
            say("Load on " + ready.target() + " (" + ready.description() + "), " + shape(settings.load()));
            say("");
            BenchTable.header().forEach(this::say);
            try {
                return bench.run(Environment.here(
                        ready.target().toString(), ready.description(), new HastenCli.Version().getVersion()[0]));
            } catch (IOException e) {
                throw ready.own() != null && !ready.own().isAlive()
                        ? ready.own().end(e)
                        : e;
            }
        }
    }

    private static String shape(LoadSettings load) {
        return load.rate() > 0
                ? load.rate() + " operations arrive each second, at most " + load.connections() + " run concurrently"
                : load.connections() + " connections in a closed loop";
    }

    @Override
    public void ended(Scenario scenario, int round, Round result) {
        BenchTable.round(scenario.name(), round, result).forEach(this::say);
    }

    @Override
    public void tablesStay(IOException reason) {
        tablesStay = true;
        complain("tables named hasten_bench_... may remain in the database: " + reason.getMessage());
    }

    private void list() {
        TextTable table = new TextTable("SCENARIO", "");
        Scenarios.all().forEach(scenario -> table.row(List.of(scenario.name(), scenario.description())));
        say(table.toString().stripTrailing());
    }

    private void complain(@Nullable String reason) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("hasten: " + reason);
        err.flush();
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
