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
import picocli.CommandLine.Command;

/**
 * API keys. Its commands work on the key file, whether a server runs or not; one that runs looks at the file twice a
 * second.
 */
@Command(
        name = "keys",
        description = "Make, list and revoke API keys. A running server notices within a second.",
        subcommands = {KeysCreateCommand.class, KeysListCommand.class, KeysRevokeCommand.class},
        mixinStandardHelpOptions = true)
final class KeysCommand {
    /** Where the embedded database listens is of no matter for its keys, but a database has a URL. */
    private static final String EMBEDDED_URL = "postgresql://postgres@localhost/postgres";

    /** The configuration with the databases that {@code serve} would have, the embedded one included. */
    static Config config(ConfigOptions options) {
        Config config = options.load();
        LogConfig log = config.log();
        LogSetup.apply(new LogConfig(log.format(), LogConfig.Level.WARN, log.slowQuery(), log.queryParameters()));
        return config.databases().isEmpty() ? config.withDatabase("default", EMBEDDED_URL) : config;
    }

    /**
     * The keys, until closed.
     *
     * @throws dev.hasten.auth.KeyFileException when the key file cannot be read
     */
    static ApiKeys open(Config config) {
        Map<String, List<ApiKeyConfig>> configured = config.databases().values().stream()
                .collect(Collectors.toMap(DatabaseConfig::name, DatabaseConfig::keys));
        return new ApiKeys(configured, config.keysFile(), Clock.systemUTC());
    }
}
