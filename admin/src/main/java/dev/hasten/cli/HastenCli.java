package dev.hasten.cli;

import dev.hasten.auth.KeyFileException;
import dev.hasten.config.ConfigException;
import dev.hasten.http.HttpServerException;
import java.io.IOException;
import java.util.TimeZone;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The {@code hasten} command. Exit status: 0 success, 1 failure, 2 wrong usage or configuration, before anything
 * listens.
 */
@Command(
        name = "hasten",
        description = "Self-hosted, Accelerate-compatible query proxy for PostgreSQL.",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            KeysCommand.class,
            MigratedCommand.class,
            CheckConfigCommand.class,
            HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = HastenCli.Version.class)
public final class HastenCli {
    private HastenCli() {}

    /** Runs a command line and ends the process with its exit status. */
    public static void main(String[] arguments) {
        // Sessions in PostgreSQL take the time zone of the JVM, and all of Hasten's times are in UTC.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        int status = commandLine().execute(arguments);
        if (status != ServeCommand.SERVING) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new HastenCli())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    switch (failure) {
                        case ConfigException e ->
                            e.problems().forEach(problem -> command.getErr().println("hasten: " + problem));
                        case HttpServerException _, KeyFileException _, IOException _ ->
                            command.getErr().println("hasten: " + failure.getMessage());
                        default -> throw failure;
                    }
                    command.getErr().flush();
                    return CommandLine.ExitCode.USAGE;
                });
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = HastenCli.class.getPackage().getImplementationVersion();
            return new String[] {"hasten " + (version == null ? "(development build)" : version)};
        }
    }
}
