package dev.hasten.config;

import dev.hasten.config.ConfigInputs.Input;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, read once and never changed.
 *
 * @param server addresses, identity and state of this server
 * @param tls HTTPS on the client port
 * @param http limits on what clients send
 * @param log what is logged
 * @param keys where API keys made at run time are kept
 * @param cache memory for stored answers
 * @param memory memory for requests
 * @param databases by name, sorted; empty when none is configured
 * @param values the effective values with their origins
 */
public record Config(
        ServerConfig server,
        TlsConfig tls,
        HttpConfig http,
        LogConfig log,
        KeysConfig keys,
        CacheConfig cache,
        MemoryConfig memory,
        Map<String, DatabaseConfig> databases,
        ConfigValues values) {
    public Config {
        databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    }

    /**
     * Reads and checks everything.
     *
     * @throws ConfigException with all problems, if there are any
     */
    public static Config load(ConfigSources sources) {
        List<ConfigProblem> problems = new ArrayList<>();
        Path file = file(sources);
        Optional<Map<String, Input>> yaml =
                file == null ? Optional.of(Map.of()) : YamlInputs.read(file, sources.workingDirectory(), problems);
        Map<String, Input> flags = new TreeMap<>();
        sources.flags().forEach((key, text) -> flags.put(key, new Input(text, new Origin.Flag(key))));

        Map<String, Input> inputs = new LinkedHashMap<>(yaml.orElse(Map.of()));
        inputs.putAll(flags);
        inputs.putAll(EnvironmentInputs.read(sources.environment(), ConfigInputs.databases(inputs.keySet()), problems));
        inputs.putAll(flags);
        if (yaml.isEmpty()) {
            // Whatever else could be said would be about keys that the file may well hold.
            throw new ConfigException(problems);
        }
        return ConfigReader.read(new ConfigInputs(inputs, sources.workingDirectory()), problems);
    }

    /**
     * This configuration with one more database, which gets the defaults and whatever the sources already say about
     * its name: {@code HASTEN_DATABASES_DEFAULT_POOL_SIZE} counts for an embedded {@code default}.
     *
     * @throws ConfigException if the name or URL is invalid
     */
    public Config withDatabase(String name, String url) {
        Input added = new Input(url, new Origin.Added());
        return ConfigReader.read(values.inputs().with(ConfigKeys.DATABASES + name + ".url", added), new ArrayList<>());
    }

    /** The file with the API keys made at run time. */
    public Path keysFile() {
        Path file = keys.file();
        return file == null ? server.stateDir().resolve("keys.json") : file;
    }

    /** What is allowed but probably not meant, one line each, safe to print. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        long heap = Runtime.getRuntime().maxMemory();
        if (cache.maxBytes() + memory.budgetBytes() > heap / 20 * 17) {
            warnings.add("cache.bytes and memory.budget: together that is more than 85 % of the heap, which is "
                    + (heap >> 20) + "mb here. Lower one of them or raise the heap (-Xmx)");
        }
        warnings.addAll(WeakKeys.warnings(values.inputs()));
        for (DatabaseConfig database : databases.values()) {
            String key = ConfigKeys.DATABASES + database.name() + ".url: ";
            database.url().warnings().forEach(warning -> warnings.add(key + warning));
        }
        return List.copyOf(warnings);
    }

    /** The effective configuration as YAML with secrets masked; behind each value stands where it came from. */
    public String describe() {
        return ConfigDescription.of(values);
    }

    private static @Nullable Path file(ConfigSources sources) {
        if (sources.file() != null) {
            return sources.file();
        }
        String fromEnvironment = sources.environment().getOrDefault(EnvironmentInputs.CONFIG_FILE, "");
        return fromEnvironment.isEmpty() ? null : Path.of(fromEnvironment);
    }
}
