package dev.hasten.cli;

import dev.hasten.admin.KeyRequest;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.Config;
import dev.hasten.config.KeyScope;
import java.io.PrintWriter;
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
            split = "\\s*,\\s*",
            splitSynopsisLabel = ",",
            paramLabel = "SCOPE",
            description = "What the key may do: prisma, sql, read, invalidate or schema. Repeat the option or separate"
                    + " several scopes with commas. Default: prisma,sql,invalidate.")
    private @Nullable List<String> scopes;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description =
                    "When the key expires: a duration such as 12h, 30d or 8w, or a time such as 2027-01-01T00:00:00Z."
                            + " Default: never.")
    private @Nullable String expires;

    @Override
    public Integer call() {
        Config config = KeysCommand.config(options, spec.commandLine());
        try (ApiKeys keys = KeysCommand.open(config)) {
            KeyRequest request = new KeyRequest(name, database, scopes, expires);
            show(config, request.make(keys, config.databases().keySet(), Instant.now()));
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void show(Config config, CreatedKey created) {
        PrintWriter out = spec.commandLine().getOut();
        ApiKey key = created.key();
        int port = config.server().port();
        out.println("Key " + key.id() + " (" + key.name() + ") gives access to the database " + key.database()
                + (key.expires() == null ? " and never expires." : " until " + key.expires() + "."));
        out.println("Scopes: " + String.join(", ", KeyScope.texts(key.scopes())) + ".");
        out.println("The token is shown only once:");
        out.println();
        out.println("  " + created.token());
        out.println();
        out.println("DATABASE_URL=\""
                + ClientUrl.of(config.tls(), port == 0 ? "PORT" : Integer.toString(port), created.token())
                + "\"");
        out.flush();
    }
}
