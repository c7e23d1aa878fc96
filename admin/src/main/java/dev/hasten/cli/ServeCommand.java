package dev.hasten.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Starts the server, which runs until SIGTERM or SIGINT. */
@Command(
        name = "serve",
        description = "Start the server. Without a configured database, it starts an embedded PostgreSQL.",
        footer = KeyFlags.HELP,
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    /** See {@link KeyFlags}. */
    @Unmatched
    private final List<String> keyFlags = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Map<String, String> flags = KeyFlags.parse(keyFlags, spec.commandLine());
        return Serving.start(() -> options.load(flags), spec.commandLine().getOut());
    }
}
