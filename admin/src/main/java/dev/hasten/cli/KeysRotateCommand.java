package dev.hasten.cli;

import dev.hasten.admin.KeyExpiry;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.Config;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Replaces the token of an API key. */
@Command(
        name = "rotate",
        description = "Replace the token of an API key. The key keeps its id, scopes, limits and use.",
        mixinStandardHelpOptions = true)
final class KeysRotateCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Id of the key, as shown by `hasten keys list`; not its token.")
    private String id = "";

    @Option(
            names = "--overlap",
            paramLabel = "DURATION",
            description =
                    "How long the current token is still accepted, such as 24h or 7d, at most 30d. Default: not at all.")
    private @Nullable String overlap;

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Override
    public Integer call() throws ServerClientException {
        Duration time;
        try {
            time = KeyExpiry.overlap(overlap);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--overlap: " + e.getMessage(), e);
        }
        Config config = KeysCommand.config(options, spec.commandLine());
        try (ApiKeys keys = KeysCommand.open(config)) {
            CreatedKey rotated = keys.rotate(id, time);
            if (rotated == null) {
                throw new ServerClientException("no API key has the id " + id + "; `hasten keys list` shows the keys");
            }
            new KeyOutput(spec, config).print(rotated, json);
            return ExitCode.OK;
        } catch (IllegalArgumentException e) {
            throw new ServerClientException(String.valueOf(e.getMessage()));
        }
    }
}
