package dev.hasten.cli;

import dev.hasten.config.Config;
import dev.hasten.config.TlsConfig;
import dev.hasten.http.TlsContexts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Prints the effective configuration or the problems with it. */
@Command(
        name = "check-config",
        description = "Print the effective configuration, with secrets masked, or the problems with it.",
        footer = KeyFlags.HELP,
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    /** See {@link KeyFlags}. */
    @Unmatched
    private final List<String> keyFlags = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print the values as JSON instead of YAML.")
    private boolean json;

    @Override
    public Integer call() {
        Config config = options.load(KeyFlags.parse(keyFlags, spec.commandLine()));
        TlsConfig tls = config.tls();
        if (tls.cert() != null && tls.key() != null) {
            // Fails if they cannot be used.
            var _ = TlsContexts.fromPem(tls.cert(), tls.key(), tls.clientCa());
        }
        Output output = Output.of(spec);
        if (json) {
            output.json(config.effectiveValues());
        } else {
            output.print(config.describe());
        }
        config.warnings().forEach(warning -> spec.commandLine().getErr().println("hasten: warning: " + warning));
        spec.commandLine().getErr().flush();
        return 0;
    }
}
