package dev.hasten.cli;

import dev.hasten.config.Config;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.config.JdbcTarget;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.EventTriggers;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints or runs the SQL for the event triggers that report schema changes. */
@Command(
        name = "install-triggers",
        description = {
            "Print the SQL for event triggers that report schema changes in the write-ahead log. With"
                    + " cache.invalidation: stream, Hasten then notices them at once.",
            "The triggers are optional. Only a superuser can create them, or a role that the hosting platform allows to."
        },
        mixinStandardHelpOptions = true)
final class InstallTriggersCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--apply", description = "Run the SQL, with the URL of the database, instead of printing it.")
    private boolean apply;

    @Option(
            names = "--remove",
            description =
                    "Use the SQL that removes the triggers. Without --apply, it is only printed. The schema hasten"
                            + " remains, because it can contain other things.")
    private boolean remove;

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            description = "The database, for --apply. Required if there are several.")
    private @Nullable String database;

    @Override
    public Integer call() {
        String sql = remove ? EventTriggers.REMOVE : EventTriggers.INSTALL;
        if (!apply) {
            spec.commandLine().getOut().print(sql);
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
        DatabaseConfig chosen = chosen(options.load(spec.commandLine()));
        JdbcTarget target = chosen.url().toJdbcProperties();
        try {
            EventTriggers.run(sql, target.url(), target.properties());
        } catch (DatabaseException e) {
            spec.commandLine().getErr().println("hasten: database " + chosen.name() + ": " + e.getMessage());
            spec.commandLine().getErr().flush();
            return ExitCode.SOFTWARE;
        }
        spec.commandLine()
                .getOut()
                .println("Event triggers of database " + chosen.name() + ": " + (remove ? "removed" : "installed"));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private DatabaseConfig chosen(Config config) {
        Map<String, DatabaseConfig> databases = config.databases();
        String name = database != null
                ? database
                : databases.size() == 1 ? databases.keySet().iterator().next() : null;
        DatabaseConfig chosen = name == null ? null : databases.get(name);
        if (chosen == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    databases.isEmpty()
                            ? "no database is configured; set DATABASE_URL"
                            : "choose a database with --database: " + String.join(", ", databases.keySet()));
        }
        return chosen;
    }
}
