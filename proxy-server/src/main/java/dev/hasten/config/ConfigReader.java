package dev.hasten.config;

import dev.hasten.config.ConfigInputs.Input;
import dev.hasten.config.ConfigValues.Value;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds the configuration records from the inputs. A key with a problem is treated as unset, so that reading
 * can continue.
 */
final class ConfigReader {
    private static final Pattern DATABASE_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private final ConfigInputs inputs;
    private final List<ConfigProblem> problems;
    private final Map<String, Value> effective = new LinkedHashMap<>();

    private ConfigReader(ConfigInputs inputs, List<ConfigProblem> problems) {
        this.inputs = inputs;
        this.problems = problems;
    }

    /**
     * Reads a configuration.
     *
     * @param problems problems found while reading the sources; reading adds to them
     * @throws ConfigException if there is any problem
     */
    static Config read(ConfigInputs inputs, List<ConfigProblem> problems) {
        ConfigReader reader = new ConfigReader(inputs, problems);
        Config config = reader.read();
        new ConfigChecks(config, problems).run();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    private Config read() {
        checkPaths();
        ServerConfig server = section(ServerConfig.class, "", null);
        TlsConfig tls = section(TlsConfig.class, "tls.", null);
        HttpConfig http = section(HttpConfig.class, "http.", null);
        LogConfig log = section(LogConfig.class, "log.", null);
        KeysConfig keys = section(KeysConfig.class, "keys.", null);
        CacheConfig cache = section(CacheConfig.class, "cache.", null);
        InsightsConfig insights = section(InsightsConfig.class, "insights.", null);
        AuditConfig audit = section(AuditConfig.class, "audit.", null);
        MemoryConfig memory = section(MemoryConfig.class, "memory.", null);
        OtlpConfig otlp = section(OtlpConfig.class, "otlp.", null);
        Map<String, DatabaseConfig> databases = databases();
        return new Config(
                server,
                tls,
                http,
                log,
                keys,
                cache,
                insights,
                audit,
                memory,
                otlp,
                databases,
                new ConfigValues(inputs, effective));
    }

    private void checkPaths() {
        Set<String> databases = inputs.databases();
        inputs.byPath().forEach((path, input) -> {
            Optional<Key> key = ConfigKeys.find(path);
            if (key.isPresent()) {
                if (input.text() == null) {
                    problem(path, null, "the key has no value; set one or remove the key", input.origin());
                }
            } else if (ConfigKeys.isSection(path)) {
                if (input.text() != null) {
                    problem(
                            path,
                            null,
                            "this is a section and has no value of its own; set its keys below it",
                            input.origin());
                }
            } else if (ConfigKeys.find(path.replaceFirst("\\[\\d+]$", "")).isPresent()) {
                problem(path, null, "the key takes a single value, not a list", input.origin());
            } else {
                String nearest = ConfigKeys.nearest(path, databases.isEmpty() ? Set.of("<name>") : databases);
                problem(path, null, "unknown key; the closest match is " + nearest, input.origin());
            }
        });
    }

    private Map<String, DatabaseConfig> databases() {
        Map<String, DatabaseConfig> databases = new TreeMap<>();
        Set<String> names = inputs.databases();
        boolean none =
                names.stream().noneMatch(name -> inputs.get(urlPath(name)).isPresent());
        for (String name : names) {
            // If no database has a URL, the settings of "default" are kept for the embedded database, which is
            // added later.
            boolean waits = none && name.equals("default");
            database(name, waits).ifPresent(database -> databases.put(name, database));
        }
        return databases;
    }

    private Optional<DatabaseConfig> database(String name, boolean urlMayFollow) {
        String prefix = ConfigKeys.DATABASES + name + ".";
        if (!DATABASE_NAME.matcher(name).matches()) {
            problem(
                    ConfigKeys.DATABASES + name,
                    name,
                    "use a lower-case letter followed by up to 31 of a-z, 0-9 and -",
                    firstOrigin(prefix));
        }
        DatabaseUrl url = (DatabaseUrl) value(key(prefix + "url"), prefix + "url", null);
        PoolConfig pool = section(PoolConfig.class, prefix + "pool.", url);
        LimitsConfig limits = section(LimitsConfig.class, prefix + "limits.", null);
        SchemasConfig schemas = section(SchemasConfig.class, prefix + "schemas.", null);
        DatabaseCacheConfig cache = section(DatabaseCacheConfig.class, prefix + "cache.", null);
        StreamConfig stream = section(StreamConfig.class, prefix + "cache.stream.", null);
        List<DatabaseCacheConfig.Default> cacheDefaults = cacheDefaults(prefix + "cache.defaults");
        List<ApiKeyConfig> keys = new ApiKeyReader(prefix).read();
        if (url == null) {
            if (!urlMayFollow && inputs.get(prefix + "url").isEmpty()) {
                problem(
                        prefix + "url",
                        null,
                        "the database has no URL; set it here or in " + Key.variable(prefix + "url"),
                        firstOrigin(prefix));
            }
            return Optional.empty();
        }
        return Optional.of(new DatabaseConfig(name, url, pool, limits, schemas, cache, stream, cacheDefaults, keys));
    }

    private List<DatabaseCacheConfig.Default> cacheDefaults(String list) {
        List<DatabaseCacheConfig.Default> defaults = new ArrayList<>();
        Set<String> models = new HashSet<>();
        elements(list).forEach((element, origin) -> {
            DatabaseCacheConfig.Default read = section(DatabaseCacheConfig.Default.class, element + ".", null);
            if (inputs.get(element + ".model").isEmpty()) {
                problem(element + ".model", null, "the default has no model; set one, or \"*\" for all models", origin);
            } else if (read.model() != null && !models.add(read.model())) {
                problem(element + ".model", read.model(), "the model already has a default; keep only one", origin);
            }
            if (read.ttl().isZero() && read.swr().isZero()) {
                problem(element, null, "neither ttl nor swr is set; set one or both", origin);
            }
            defaults.add(read);
        });
        return defaults;
    }

    /** The paths of the list elements, each with the origin of its first key. */
    private Map<String, Origin> elements(String list) {
        Map<String, Origin> elements = new LinkedHashMap<>();
        inputs.byPath().forEach((path, input) -> {
            if (path.startsWith(list + "[")) {
                int end = path.indexOf(']', list.length());
                elements.putIfAbsent(path.substring(0, end + 1), input.origin());
            }
        });
        return elements;
    }

    private Origin firstOrigin(String prefix) {
        return inputs.byPath().entrySet().stream()
                .filter(entry -> (entry.getKey() + ".").startsWith(prefix))
                .map(entry -> entry.getValue().origin())
                .findFirst()
                .orElse(new Origin.Default());
    }

    private static String urlPath(String database) {
        return ConfigKeys.DATABASES + database + ".url";
    }

    private static Key key(String path) {
        return ConfigKeys.find(path).orElseThrow();
    }

    /** Reads a record whose components are all keys. */
    private <R extends Record> R section(Class<R> type, String prefix, @Nullable DatabaseUrl url) {
        Object[] values = ConfigKeys.section(type).keys().stream()
                .map(key -> value(key, prefix + key.lastName(), url))
                .toArray();
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getSimpleName(), e);
        }
    }

    /** The value of one key: from the sources, otherwise from the database URL, otherwise the default. */
    private @Nullable Object value(Key key, String path, @Nullable DatabaseUrl url) {
        Optional<Input> given = inputs.get(path).filter(input -> input.text() != null);
        if (given.isEmpty() && url != null && !key.setting().urlParameter().isEmpty()) {
            String parameter = key.setting().urlParameter();
            given = url.setting(parameter).map(text -> new Input(text, new Origin.UrlParameter(parameter)));
        }
        if (given.isPresent()) {
            String text = String.valueOf(given.get().text());
            try {
                Object value = key.type().parse(text, inputs.workingDirectory());
                effective.put(
                        path,
                        new Value(
                                Optional.of(key.type().format(value)),
                                given.get().origin()));
                return value;
            } catch (IllegalArgumentException e) {
                problem(
                        path,
                        key.shown(text),
                        String.valueOf(e.getMessage()),
                        given.get().origin());
            }
        }
        Object value = key.defaultText()
                .map(text -> key.type().parse(text, inputs.workingDirectory()))
                .orElse(null);
        Optional<String> text =
                value == null ? Optional.empty() : Optional.of(key.type().format(value));
        effective.put(path, new Value(text, new Origin.Default()));
        return value;
    }

    private void problem(String key, @Nullable String value, String explanation, Origin origin) {
        problems.add(new ConfigProblem(key, value, explanation, origin));
    }

    /** Reads the list of API keys of one database. */
    private final class ApiKeyReader {
        private final String list;

        ApiKeyReader(String databasePrefix) {
            list = databasePrefix + "keys";
        }

        List<ApiKeyConfig> read() {
            List<ApiKeyConfig> keys = new ArrayList<>();
            elements(list).forEach((element, origin) -> {
                ApiKeyConfig.KeyEntry entry = section(ApiKeyConfig.KeyEntry.class, element + ".", null);
                apiKey(element, entry, origin).ifPresent(keys::add);
            });
            return keys;
        }

        private Optional<ApiKeyConfig> apiKey(String element, ApiKeyConfig.KeyEntry entry, Origin origin) {
            boolean secretGiven = inputs.get(element + ".secret").isPresent();
            boolean hashGiven = inputs.get(element + ".sha256").isPresent();
            if (secretGiven == hashGiven) {
                problem(
                        element,
                        null,
                        (secretGiven
                                        ? "the API key has both secret and sha256"
                                        : "the API key has neither secret nor sha256")
                                + "; set exactly one of them",
                        origin);
            }
            String name = entry.name();
            if (inputs.get(element + ".name").isEmpty()) {
                problem(element + ".name", null, "the API key has no name; set one", origin);
            }
            Secret secret = entry.secret();
            Secret sha256 = entry.sha256();
            String hash = secret != null ? ApiKeyConfig.sha256(secret) : sha256 != null ? sha256.value() : null;
            if (name == null || hash == null) {
                return Optional.empty();
            }
            KeyLimits limits;
            try {
                limits = entry.limits();
            } catch (IllegalArgumentException e) {
                problem(element, null, String.valueOf(e.getMessage()), origin);
                return Optional.empty();
            }
            return Optional.of(new ApiKeyConfig(name, hash, entry.scopes(), entry.expires(), limits));
        }
    }
}
