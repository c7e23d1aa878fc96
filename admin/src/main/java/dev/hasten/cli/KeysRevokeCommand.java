package dev.hasten.cli;

import dev.hasten.auth.ApiKeys;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes an API key away. */
@Command(name = "revoke", description = "Take an API key away.", mixinStandardHelpOptions = true)
final class KeysRevokeCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Of the key, as `hasten keys list` shows it; not its token.")
    private String id = "";

    @Override
    public Integer call() {
        try (ApiKeys keys = KeysCommand.open(KeysCommand.config(options))) {
            if (!keys.revoke(id)) {
                return failed("there is no key " + id + "; `hasten keys list` shows them");
            }
        } catch (IllegalArgumentException e) {
            return failed(String.valueOf(e.getMessage()));
        }
        spec.commandLine().getOut().println("Key " + id + " is revoked. A running server refuses it within a second.");
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private int failed(String reason) {
        spec.commandLine().getErr().println("hasten: " + reason);
        spec.commandLine().getErr().flush();
        return ExitCode.SOFTWARE;
    }
}
