package dev.hasten.cli;

import dev.hasten.config.LogConfig;
import dev.hasten.telemetry.LogSetup;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows in a few seconds what Hasten does: real requests against a real PostgreSQL, both gone afterwards. */
@Command(
        name = "demo",
        description = "Start PostgreSQL and Hasten for a moment and time real Prisma requests; leaves nothing behind.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String LINE = "%-36s %6s %6s %9s %12s %14s  %s";

    /** How the user calls us: bin/hasten in a checkout. */
    private static final String COMMAND = System.getProperty("hasten.command", "hasten");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        EmbeddedDatabase.requireBinaries();
        long start = System.nanoTime();
        // The table is for people: nothing but trouble may come in between.
        LogSetup.apply(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.ERROR, Duration.ZERO, false));
        say("Starting PostgreSQL and Hasten, loading 1000 users and 5000 posts ...");
        boolean asExpected = true;
        try (DemoStage stage = DemoStage.open()) {
            say("Requests over HTTP, as Prisma Client 7 sends them:");
            say("");
            say(LINE.formatted("OPERATION", "STATUS", "ROWS", "BYTES", "FIRST CALL", "MEDIAN", ""));
            for (DemoStep step : DemoSteps.all(stage)) {
                asExpected &= show(step.run());
            }
        }
        say("");
        say(String.format(
                Locale.ROOT,
                "Done in %.1f s; PostgreSQL, its data and the server are gone.",
                (System.nanoTime() - start) / 1e9));
        say("To go on: " + COMMAND + " serve   (keeps its data, and prints the DATABASE_URL for your app)");
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
