package dev.hasten.cli;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the configuration of a command. */
final class ConfigOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML configuration file. Default: the file named by HASTEN_CONFIG.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "A configuration value, such as http.max_body_bytes=32mb. Overrides the file and the environment.")
    private final Map<String, String> values = new LinkedHashMap<>();

    @Option(
            names = "--tls-dev",
            description = "For development: the server uses HTTPS with a certificate for localhost, which is created"
                    + " on first use. Same as --set tls.dev=true.")
    private boolean tlsDev;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /**
     * Reads the configuration of a command that does not start a server. Reports former names of keys to the command's
     * standard error.
     *
     * @throws dev.hasten.config.ConfigException with all problems, if there are any
     */
    Config load(CommandLine command) {
        Config config = load(Map.of());
        config.renameWarnings().forEach(warning -> command.getErr().println("hasten: warning: " + warning));
        command.getErr().flush();
        return config;
    }

    /**
     * Reads the configuration.
     *
     * @param keyFlags values by path, which override those of {@code --set}
     * @throws dev.hasten.config.ConfigException with all problems, if there are any
     */
    Config load(Map<String, String> keyFlags) {
        if (values.containsKey("")) {
            throw new ParameterException(spec.commandLine(), "no key", spec.findOption("--set"), "");
        }
        Map<String, String> flags = new LinkedHashMap<>(values);
        flags.putAll(keyFlags);
        if (tlsDev) {
            flags.put("tls.dev", "true");
        }
        return Config.load(new ConfigSources(file, System.getenv(), flags, Path.of("")));
    }
}
