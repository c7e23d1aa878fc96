package dev.hasten.cli;

import dev.hasten.auth.ApiKeys;
import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.Config;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.config.LogConfig;
import dev.hasten.telemetry.LogSetup;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Manages API keys. The subcommands use the key file, whether or not a server is running. A running server checks the
 * file twice a second.
 */
@Command(
        name = "keys",
        description = "Create, list, rotate and revoke the API keys in keys.file. A running server with the same"
                + " configuration notices changes within a second.",
        subcommands = {KeysCreateCommand.class, KeysListCommand.class, KeysRotateCommand.class, KeysRevokeCommand.class
        },
        mixinStandardHelpOptions = true)
final class KeysCommand {
    /**
     * A placeholder: keys do not depend on the URL of the embedded database, but a configured database must have one.
     */
    private static final String EMBEDDED_URL = "postgresql://postgres@localhost/postgres";

    /** The configuration with the same databases as {@code serve}, including the embedded one. */
    static Config config(ConfigOptions options, CommandLine command) {
        Config config = options.load(command);
        LogConfig log = config.log();
        LogSetup.apply(log.withLevel(LogConfig.Level.WARN));
        return config.databases().isEmpty() ? config.withDatabase("default", EMBEDDED_URL) : config;
    }

    /**
     * Opens the API keys. Must be closed.
     *
     * @throws dev.hasten.auth.KeyFileException if the key file cannot be read
     */
    static ApiKeys open(Config config) {
        Map<String, List<ApiKeyConfig>> configured = config.databases().values().stream()
                .collect(Collectors.toMap(DatabaseConfig::name, DatabaseConfig::keys));
        return new ApiKeys(configured, config.keysFile(), Clock.systemUTC());
    }
}
