package dev.hasten.cli;

import dev.hasten.auth.ApiKeys;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Override
    public Integer call() {
        try (ApiKeys keys = KeysCommand.open(KeysCommand.config(options, spec.commandLine()))) {
            if (!keys.revoke(id)) {
                return failed("no API key has the id " + id + "; `hasten keys list` shows the keys");
            }
        } catch (IllegalArgumentException e) {
            return failed(String.valueOf(e.getMessage()));
        }
        spec.commandLine().getOut().println("Key " + id + " is revoked. A running server rejects it within a second.");
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private int failed(String reason) {
        spec.commandLine().getErr().println("hasten: " + reason);
        spec.commandLine().getErr().flush();
        return ExitCode.SOFTWARE;
    }
}
