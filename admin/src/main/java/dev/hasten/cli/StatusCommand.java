package dev.hasten.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the state of a running server on one screen. */
@Command(
        name = "status",
        description = {
            "Show the state of a running server: throughput, latencies, databases, cache and advice.",
            "It uses the admin API; the configuration must be the one that the server was started with."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Override
    public Integer call() throws IOException, ServerClientException, InterruptedException {
        try (AdminConnection server = AdminConnection.open(options, spec.commandLine())) {
            Snapshot snapshot = Snapshot.of(server);
            Output output = Output.of(spec);
            if (json) {
                output.json(snapshot);
            } else {
                output.print(new StatusScreen(output).of(snapshot));
            }
            return ExitCode.OK;
        }
    }
}
