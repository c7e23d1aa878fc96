package dev.hasten.cli;

import dev.hasten.config.LogConfig;
import dev.hasten.telemetry.LogSetup;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Demonstrates Hasten within a few seconds, with real requests against a real PostgreSQL. Leaves nothing behind. */
@Command(
        name = "demo",
        description = "Start a temporary PostgreSQL and Hasten, send recorded Prisma requests and show their times."
                + " Leaves nothing behind.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String LINE = "%-36s %6s %6s %9s %12s %14s  %s";

    /** The command as the user runs it: bin/hasten in a checkout. */
    private static final String COMMAND = System.getProperty("hasten.command", "hasten");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        EmbeddedDatabase.requireBinaries();
        long start = System.nanoTime();
        // Only errors may interrupt the table.
        LogSetup.apply(LogConfig.errorsOnly());
        say("Starting PostgreSQL and Hasten, loading 1000 users and 5000 posts ...");
        boolean asExpected = true;
        try (DemoStage stage = DemoStage.open()) {
            say("HTTP requests as sent by Prisma Client 7:");
            say("");
            say(LINE.formatted("OPERATION", "STATUS", "ROWS", "BYTES", "FIRST CALL", "MEDIAN", ""));
            for (DemoStep step : DemoSteps.all(stage)) {
                asExpected &= show(step.run());
            }
        }
        say("");
        say(String.format(
                Locale.ROOT,
                "Done in %.1f s. The server, PostgreSQL and its data have been removed.",
                (System.nanoTime() - start) / 1e9));
        say("Next: " + COMMAND + " serve   (keeps its data in .hasten and prints the DATABASE_URL for your app)");
        return asExpected ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean show(DemoStep.Outcome outcome) {
        DemoReply reply = outcome.reply();
        boolean asExpected = reply.status() == outcome.step().expectedStatus();
        List<Double> times = outcome.millis();
        say(LINE.formatted(
                outcome.step().title(),
                reply.status(),
                reply.rows() < 0 ? "-" : reply.rows(),
                reply.bytes(),
                millis(times.getFirst()),
                times.size() == 1 ? "-" : millis(outcome.medianOfLater()),
                asExpected
                        ? outcome.step().note().of(reply)
                        : "UNEXPECTED: " + reply.errorCode() + " " + reply.errorText()));
        return asExpected;
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.2f ms", millis);
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line.stripTrailing());
        out.flush();
    }
}
