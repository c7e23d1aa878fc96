package dev.hasten.cli;

import dev.hasten.auth.ApiKeys;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Revokes an API key. */
@Command(name = "revoke", description = "Revoke an API key.", mixinStandardHelpOptions = true)
final class KeysRevokeCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Id of the key, as shown by `hasten keys list`; not its token.")
    private String id = "";

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Override
    public Integer call() throws ServerClientException {
        try (ApiKeys keys = KeysCommand.open(KeysCommand.config(options, spec.commandLine()))) {
            if (!keys.revoke(id)) {
                throw new ServerClientException("no API key has the id " + id + "; `hasten keys list` shows the keys");
            }
        } catch (IllegalArgumentException e) {
            throw new ServerClientException(String.valueOf(e.getMessage()));
        }
        Output output = Output.of(spec);
        if (json) {
            output.json(Map.of("revoked", id));
        } else {
            output.print(
                    "Key " + id + " is revoked. A running server rejects it within a second." + System.lineSeparator());
        }
        return ExitCode.OK;
    }
}
