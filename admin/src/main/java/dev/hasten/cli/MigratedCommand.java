package dev.hasten.cli;

import dev.hasten.admin.AdminToken;
import dev.hasten.cli.SchemaChange.AdminPort;
import dev.hasten.cli.SchemaChange.ClientPort;
import dev.hasten.config.Config;
import dev.hasten.config.Origin;
import dev.hasten.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Override
    public Integer call() throws InterruptedException {
        try {
            SchemaChange hook = url == null ? adminPort() : clientPort(url);
            try (SchemaChangeClient client =
                    new SchemaChangeClient(ca == null ? null : TrustedAuthorities.context(ca))) {
                SchemaChangeResponse response = client.tell(hook);
                spec.commandLine()
                        .getOut()
                        .println("Schema epoch of " + response.database() + " is now " + response.schemaEpoch()
                                + ": earlier cached responses are no longer used, and connections are replaced.");
                spec.commandLine().getOut().flush();
                return ExitCode.OK;
            }
        } catch (SchemaChangeException | IOException e) {
            spec.commandLine().getErr().println("hasten: " + e.getMessage());
            spec.commandLine().getErr().flush();
            return ExitCode.SOFTWARE;
        }
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

    private AdminPort adminPort() throws IOException, SchemaChangeException {
        if (key != null || ca != null) {
            throw wrong("--key and --ca require --url");
        }
        Config config = options.load(spec.commandLine());
        ServerConfig server = config.server();
        if (server.adminPort() == 0) {
            throw wrong(
                    "admin_port is 0, so the server uses any free port; pass the port that it printed at startup with"
                            + " --set admin_port=PORT");
        }
        AdminToken token = AdminToken.find(server);
        if (token == null) {
            throw new SchemaChangeException("no admin token found in " + AdminToken.fileOf(server)
                    + ": no server has been started with this state_dir. Use the configuration of the server,"
                    + " or --url");
        }
        return new AdminPort(
                URI.create("http://" + reachable(server.adminHost()) + ":" + server.adminPort()),
                token.authorization(),
                database,
                token.file() == null ? "in admin_token" : "in " + token.file(),
                config.values()
                                .origin("admin_port")
                                .filter(Origin.Default.class::isInstance)
                                .isPresent()
                        ? AdminPort.PortOrigin.DEFAULT
                        : AdminPort.PortOrigin.CONFIGURED);
    }

    /** The address to connect to for an address to listen on. */
    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "[::1]";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
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
