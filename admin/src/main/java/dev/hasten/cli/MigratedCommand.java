package dev.hasten.cli;

import dev.hasten.cli.ServerPort.AdminPort;
import dev.hasten.cli.ServerPort.ClientPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The last step of a migration: {@code prisma migrate deploy && hasten migrated}. */
@Command(
        name = "migrated",
        description = {
            "Notify a running server that a migration has changed the schema. The server then discards cached responses"
                    + " and replaces its connections.",
            "With --url, it uses the client port and an API key with the scope schema. Without --url, it uses the admin"
                    + " API; the configuration must be the one that the server was started with."
        },
        mixinStandardHelpOptions = true)
final class MigratedCommand implements Callable<Integer> {
    private static final String KEY_VARIABLE = "HASTEN_API_KEY";

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "URL of the server, in Prisma Client's format: prisma+postgres://HOST:PORT/?api_key=KEY.")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "API key, if the URL has none. The variable " + KEY_VARIABLE
                    + " does the same but is not visible in the process list.")
    private @Nullable String key;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "PEM file with the certificate authority of the server of --url. For a server with --tls-dev, this"
                            + " is tls/ca.pem in its state_dir.")
    private @Nullable Path ca;

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            description = "The database that was migrated. Required if there are several. Not allowed with --url,"
                    + " whose API key belongs to one database.")
    private @Nullable String database;

    @Option(names = "--json", description = "Print the response of the server instead of text.")
    private boolean json;

    @Override
    public Integer call() throws ServerClientException, InterruptedException {
        try {
            return report();
        } catch (IOException e) {
            throw new ServerClientException(String.valueOf(e.getMessage()));
        }
    }

    private int report() throws IOException, ServerClientException, InterruptedException {
        ServerPort port = url == null ? adminPort() : clientPort(url);
        SSLContext trusted =
                port instanceof AdminPort admin ? admin.trusted() : ca == null ? null : TrustedAuthorities.context(ca);
        try (ServerClient client = new ServerClient(trusted)) {
            JsonNode response = client.post(port, "/schema/invalidate", body());
            if (!response.path("schemaEpoch").isIntegralNumber()) {
                throw new ServerClientException(ServerClient.notFromHasten(port));
            }
            Output output = Output.of(spec);
            if (json) {
                output.json(response);
            } else {
                // The client port does not reveal names.
                output.print("Schema epoch of " + response.path("database").asString("the key's database")
                        + " is now " + response.path("schemaEpoch").asLong()
                        + ": earlier cached responses are no longer used, and connections are replaced."
                        + System.lineSeparator());
            }
            return ExitCode.OK;
        }
    }

    private String body() {
        return database == null ? "" : JsonMapper.shared().writeValueAsString(Map.of("database", database));
    }

    private ClientPort clientPort(String text) {
        if (database != null) {
            throw wrong("--database cannot be used with --url: the API key belongs to one database");
        }
        ClientUrl parsed;
        try {
            parsed = ClientUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong("--url: " + e.getMessage());
        }
        String given = firstOf(parsed.key(), key, System.getenv(KEY_VARIABLE));
        if (given == null) {
            throw wrong(
                    "--url requires an API key with the scope schema: set it in the URL as api_key=KEY, with --key, or"
                            + " in "
                            + KEY_VARIABLE);
        }
        return new ClientPort(parsed.server(), "Bearer " + given);
    }

    private AdminPort adminPort() throws IOException, ServerClientException {
        if (key != null || ca != null) {
            throw wrong("--key and --ca require --url");
        }
        return AdminPorts.of(options.load(spec.commandLine()), spec.commandLine());
    }

    private static @Nullable String firstOf(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return null;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
