package dev.hasten.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.auth.KeyFileException;
import dev.hasten.config.Config;
import dev.hasten.config.ConfigException;
import dev.hasten.config.ConfigSources;
import dev.hasten.files.FileErrors;
import dev.hasten.http.HttpServerException;
import dev.hasten.telemetry.HastenVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import org.slf4j.LoggerFactory;
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
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

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
        int status = isPlainServe(arguments)
                ? servePlainly()
                : commandLine(arguments).execute(arguments);
        if (status != Serving.STARTED) {
            System.exit(status);
        }
    }

    /**
     * Whether the arguments are those of the image and of the systemd unit. They need no parser: Java's AOT cache does not accept the
     * old class files of picocli, which takes a quarter of the time to start.
     */
    private static boolean isPlainServe(String... arguments) {
        return arguments.length == 1 && arguments[0].equals("serve");
    }

    private static int servePlainly() {
        PrintWriter err = new PrintWriter(System.err, true, UTF_8);
        try {
            return Serving.start(
                    () -> Config.load(new ConfigSources(null, System.getenv(), Map.of(), Path.of(""))),
                    new PrintWriter(System.out, true, UTF_8));
        } catch (Exception e) {
            return report(e, err);
        }
    }

    /**
     * Prints an expected failure, and logs an unexpected one with its stack trace.
     *
     * @return the exit status
     */
    private static int report(Exception failure, PrintWriter err) {
        int status = USAGE;
        switch (failure) {
            case ServerClientException _ -> {
                err.println("hasten: " + failure.getMessage());
                status = FAILURE;
            }
            case ConfigException e -> e.problems().forEach(problem -> err.println("hasten: " + problem));
            case IOException e -> err.println("hasten: " + FileErrors.reason(e));
            case HttpServerException _, KeyFileException _ -> err.println("hasten: " + failure.getMessage());
            default -> {
                LoggerFactory.getLogger(HastenCli.class).error("unexpected failure", failure);
                status = FAILURE;
            }
        }
        err.flush();
        return status;
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
                .setExecutionExceptionHandler((failure, command, _) -> report(failure, command.getErr()));
    }

    /** The version in the manifest of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"hasten " + HastenVersion.text()};
        }
    }
}
