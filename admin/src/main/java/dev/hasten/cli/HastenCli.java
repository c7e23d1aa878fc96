package dev.hasten.cli;

import dev.hasten.admin.HastenVersion;
import dev.hasten.auth.KeyFileException;
import dev.hasten.config.ConfigException;
import dev.hasten.files.FileErrors;
import dev.hasten.http.HttpServerException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The {@code hasten} command. Exit status: 0 for success, 1 for failure, 2 for invalid usage or configuration or a
 * failed start; docs/command-line.md lists them.
 */
@Command(
        name = "hasten",
        description = "Self-hosted, Accelerate-compatible query proxy for PostgreSQL.",
        mixinStandardHelpOptions = true,
        versionProvider = HastenCli.Version.class)
public final class HastenCli {
    private static final Map<String, Class<?>> COMMANDS = commands();

    private HastenCli() {}

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("demo", DemoCommand.class);
        commands.put("bench", BenchCommand.class);
        commands.put("keys", KeysCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("top", TopCommand.class);
        commands.put("invalidate", InvalidateCommand.class);
        commands.put("migrated", MigratedCommand.class);
        commands.put("explain", ExplainCommand.class);
        commands.put("install-triggers", InstallTriggersCommand.class);
        commands.put("check-config", CheckConfigCommand.class);
        commands.put("completion", CompletionCommand.class);
        commands.put("help", HelpCommand.class);
        return commands;
    }

    /** Runs a command and exits with its status. */
    public static void main(String[] arguments) {
        // PostgreSQL sessions use the time zone of the JVM, and all of Hasten's times are in UTC.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        int status = commandLine(arguments).execute(arguments);
        if (status != ServeCommand.SERVING) {
            System.exit(status);
        }
    }

    /**
     * Returns the command with the subcommand that the arguments name, or with all if they name none. Loading a
     * subcommand takes time, so the start of a server should not load the others.
     */
    static CommandLine commandLine(String... arguments) {
        CommandLine hasten = new CommandLine(new HastenCli());
        Class<?> named = arguments.length == 0 || arguments[0].equals("help") ? null : COMMANDS.get(arguments[0]);
        COMMANDS.forEach((name, command) -> {
            if (named == null || named.equals(command)) {
                hasten.addSubcommand(name, command);
            }
        });
        return hasten.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    int status = CommandLine.ExitCode.USAGE;
                    switch (failure) {
                        case ServerClientException _ -> {
                            command.getErr().println("hasten: " + failure.getMessage());
                            status = CommandLine.ExitCode.SOFTWARE;
                        }
                        case ConfigException e ->
                            e.problems().forEach(problem -> command.getErr().println("hasten: " + problem));
                        case IOException e -> command.getErr().println("hasten: " + FileErrors.reason(e));
                        case HttpServerException _, KeyFileException _ ->
                            command.getErr().println("hasten: " + failure.getMessage());
                        default -> throw failure;
                    }
                    command.getErr().flush();
                    return status;
                });
    }

    /** The version in the manifest of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"hasten " + HastenVersion.text()};
        }
    }
}
