package dev.hasten.cli;

import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Shows the state of a running server again and again, like top. */
@Command(
        name = "top",
        description = {
            "Watch a running server: databases, hit rate, p99, running requests and the queries that take most time. Stop it"
                    + " with Ctrl-C.",
            "It uses the admin API; the configuration must be the one that the server was started with."
        },
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "2s",
            description = "Time between two updates. Default: ${DEFAULT-VALUE}.")
    private Duration interval = Duration.ofSeconds(2);

    @Option(names = "--json", description = "Print a line of JSON for each update instead of a screen.")
    private boolean json;

    @Option(names = "--updates", paramLabel = "COUNT", description = "Stop after this many updates. Default: never.")
    private int updates;

    @Override
    public Integer call() throws IOException, ServerClientException, InterruptedException {
        if (updates < 0) {
            throw new ParameterException(spec.commandLine(), "--updates must be 0 or more");
        }
        if (interval.compareTo(SHORTEST) < 0) {
            throw new ParameterException(spec.commandLine(), "--interval must be 100ms or more");
        }
        try (AdminConnection server = AdminConnection.open(options, spec.commandLine())) {
            boolean screen = !json
                    && Optional.ofNullable(System.console())
                            .filter(Console::isTerminal)
                            .isPresent();
            Output output = Output.of(spec);
            Thread restore = new Thread(() -> output.print(LEAVE), "hasten-top-restore");
            if (screen) {
                Runtime.getRuntime().addShutdownHook(restore);
                output.print(ENTER);
            }
            try {
                for (int shown = 0; updates == 0 || shown < updates; shown++) {
                    if (shown > 0) {
                        Thread.sleep(interval);
                    }
                    update(server, output, screen, shown == 0);
                }
            } finally {
                if (screen) {
                    output.print(LEAVE);
                    Runtime.getRuntime().removeShutdownHook(restore);
                }
            }
            return ExitCode.OK;
        }
    }

    /** A server that is restarted while the screen is shown comes back, so an error does not end the command. */
    private void update(AdminConnection server, Output output, boolean screen, boolean first)
            throws ServerClientException, InterruptedException {
        try {
            show(Snapshot.of(server), output, screen);
        } catch (ServerClientException e) {
            if (!screen || first) {
                throw e;
            }
            draw(output.red("hasten: " + e.getMessage()) + System.lineSeparator() + "Trying again.", output);
        }
    }

    private void show(Snapshot snapshot, Output output, boolean screen) {
        if (json) {
            output.print(JsonMapper.shared().writeValueAsString(snapshot) + System.lineSeparator());
            return;
        }
        String text = new StatusScreen(output).of(snapshot);
        if (screen) {
            draw(text, output);
        } else {
            output.print(text + System.lineSeparator());
        }
    }

    /** Draws line by line, because clearing the whole screen would flicker. */
    private static void draw(String text, Output output) {
        TerminalSize size = TerminalSize.current();
        output.print(HOME
                + text.lines()
                        .limit(size.rows())
                        .map(line -> size.cut(line) + CLEAR_LINE)
                        .collect(Collectors.joining("\r\n"))
                + CLEAR_REST);
    }
}
