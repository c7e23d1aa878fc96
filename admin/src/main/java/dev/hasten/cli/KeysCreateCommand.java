package dev.hasten.cli;

import dev.hasten.admin.KeyRequest;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.Config;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Creates an API key and prints its token, which cannot be shown again. */
@Command(
        name = "create",
        description = "Create an API key. Its token is shown only once.",
        mixinStandardHelpOptions = true)
final class KeysCreateCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "What the key is for.")
    private String name = "";

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            description = "The database that the key gives access to. Required if there are several.")
    private @Nullable String database;

    @Option(
            names = "--scope",
            split = ",",
            paramLabel = "SCOPE",
            description = "What the key may do: prisma, sql, read, invalidate or schema. Repeat the option or separate"
                    + " several scopes with commas. Default: prisma,sql,invalidate.")
    private @Nullable List<String> scopes;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description =
                    "When the key expires: a duration such as 12h, 30d or 8w, a day such as 2027-01-31 (at its end, in UTC), or a"
                            + " time such as 2027-01-01T00:00:00Z. Default: never.")
    private @Nullable String expires;

    @Mixin
    private KeyLimitOptions limits = new KeyLimitOptions();

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Override
    public Integer call() {
        Config config = KeysCommand.config(options, spec.commandLine());
        try (ApiKeys keys = KeysCommand.open(config)) {
            KeyRequest request =
                    new KeyRequest(name, database, scopes == null ? null : stripped(scopes), expires, limits.limits());
            CreatedKey created = request.make(keys, config.databases().keySet(), Instant.now());
            new KeyOutput(spec, config).print(created, json);
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> stripped(List<String> texts) {
        return texts.stream().map(String::strip).toList();
    }
}
