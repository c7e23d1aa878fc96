package dev.hasten.config;

import dev.hasten.config.ConfigInputs.Input;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The complete configuration. It is read once and is immutable.
 *
 * @param server addresses, identity and state directory of this server
 * @param tls HTTPS on the client port
 * @param http limits on what clients may send
 * @param log what is logged
 * @param keys where API keys created at run time are stored
 * @param cache memory for cached responses
 * @param insights statistics of queries
 * @param audit the record of what operators do
 * @param memory memory for requests
 * @param otlp export of traces and metrics
 * @param databases by name, sorted; empty if none is configured
 * @param values the effective values and their origins
 */
public record Config(
        ServerConfig server,
        TlsConfig tls,
        HttpConfig http,
        LogConfig log,
        KeysConfig keys,
        CacheConfig cache,
        InsightsConfig insights,
        AuditConfig audit,
        MemoryConfig memory,
        OtlpConfig otlp,
        Map<String, DatabaseConfig> databases,
        ConfigValues values) {
    public Config {
        databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    }

    /**
     * Reads and validates the configuration.
     *
     * @throws ConfigException listing all problems, if there are any
     */
    public static Config load(ConfigSources sources) {
        List<ConfigProblem> problems = new ArrayList<>();
        Path file = file(sources);
        Optional<Map<String, Input>> yaml =
                file == null ? Optional.of(Map.of()) : YamlInputs.read(file, sources.workingDirectory(), problems);
        Map<String, Input> flags = new TreeMap<>();
        sources.flags().forEach((key, text) -> flags.put(key, new Input(text, new Origin.CommandLine())));

        Map<String, Input> named = ConfigInputs.withCurrentNames(flags, problems);
        Map<String, Input> inputs = ConfigInputs.withCurrentNames(yaml.orElse(Map.of()), problems);
        inputs.putAll(named);
        inputs.putAll(ConfigInputs.withCurrentNames(
                EnvironmentInputs.read(sources.environment(), ConfigInputs.databases(inputs.keySet()), problems),
                problems));
        inputs.putAll(named);
        if (yaml.isEmpty()) {
            // Any further problem might be about a key that the unreadable file sets.
            throw new ConfigException(problems);
        }
        return ConfigReader.read(new ConfigInputs(inputs, sources.workingDirectory()), problems);
    }

    /**
     * Returns this configuration with one more database. Settings that the sources already contain for that name apply
     * to it: {@code HASTEN_DATABASES_DEFAULT_POOL_SIZE} applies to an embedded {@code default}. All other settings have
     * their defaults.
     *
     * @throws ConfigException if the name or URL is invalid
     */
    public Config withDatabase(String name, String url) {
        Input added = new Input(url, new Origin.Added());
        return ConfigReader.read(values.inputs().with(ConfigKeys.DATABASES + name + ".url", added), new ArrayList<>());
    }

    /** The audit log; null if there is none. */
    public @Nullable Path auditFile() {
        if (audit.maxBytes() == 0) {
            return null;
        }
        Path file = audit.file();
        return file == null ? server.stateDir().resolve("audit.log") : file;
    }

    /** The effective values by path, as text with secrets masked, with the origin of each. */
    public List<EffectiveValue> effectiveValues() {
        return values.byPath().entrySet().stream()
                .map(entry -> new EffectiveValue(
                        entry.getKey(),
                        entry.getValue().text().orElse(null),
                        entry.getValue().origin().label()))
                .toList();
    }

    /**
     * The effective value of a key.
     *
     * @param value null if it is unset
     * @param origin where the value comes from, such as {@code default} or the file and line
     */
    public record EffectiveValue(String path, @Nullable String value, String origin) {}

    /** The paths of the keys that are set differently in another configuration. Compares secrets, too. */
    public Set<String> changedPaths(Config other) {
        Set<String> changed = new TreeSet<>(values.inputs().byPath().keySet());
        changed.addAll(other.values.inputs().byPath().keySet());
        changed.removeIf(path -> text(path).equals(other.text(path)));
        return changed;
    }

    /** The text of a value, which may be secret; empty if no source sets the key. */
    private Optional<String> text(String path) {
        return values.inputs().get(path).map(Input::text);
    }

    /** The file with the API keys created at run time. */
    public Path keysFile() {
        Path file = keys.file();
        return file == null ? server.stateDir().resolve("keys.json") : file;
    }

    /** Uses of former names of keys, one line each. */
    public List<String> renameWarnings() {
        return values.inputs().renameWarnings();
    }

    /** Settings that are valid but probably not intended, one line each. Contains no secrets. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        long heap = Runtime.getRuntime().maxMemory();
        if (cache.limitBytes() + memory.budgetBytes() > heap / 20 * 17) {
            warnings.add("cache.max_bytes and memory.budget: together they exceed 85% of the heap of " + (heap >> 20)
                    + "mb. Lower one of them or increase the heap (-Xmx)");
        }
        warnings.addAll(renameWarnings());
        if (values.inputs().get("http.body_timeout").isPresent()
                && values.inputs().get("http.body_idle_timeout").isEmpty()) {
            warnings.add("http.body_timeout: this key now limits the time for the complete request body. To limit"
                    + " the time between two parts of a body, as it did before, set http.body_idle_timeout");
        }
        BlockedPorts.warning(server.port()).ifPresent(warnings::add);
        warnings.addAll(WeakKeys.warnings(values.inputs()));
        for (DatabaseConfig database : databases.values()) {
            String key = ConfigKeys.DATABASES + database.name() + ".url: ";
            database.url().warnings().forEach(warning -> warnings.add(key + warning));
        }
        return List.copyOf(warnings);
    }

    /** The effective configuration as YAML, with secrets masked. A comment after each value names its origin. */
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
