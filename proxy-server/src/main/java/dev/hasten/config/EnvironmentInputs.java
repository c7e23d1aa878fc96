package dev.hasten.config;

import dev.hasten.config.ConfigInputs.Input;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Maps environment variables to configuration paths. */
final class EnvironmentInputs {
    /** The variable with the path of the YAML file. */
    static final String CONFIG_FILE = "HASTEN_CONFIG";

    /** Variables that are not keys: they are read by the launcher {@code bin/hasten} or name the YAML file. */
    static final Set<String> LAUNCHER = Set.of(CONFIG_FILE, "HASTEN_JAVA_OPTS");

    private static final String API_KEY = "HASTEN_API_KEY";
    private static final String API_KEY_SCOPES = "HASTEN_API_KEY_SCOPES";
    private static final String API_KEY_PATH = "databases.default.keys[env].";
    private static final Set<String> OF_API_KEY = Set.of(API_KEY, API_KEY_SCOPES);
    private static final String PREFIX = "HASTEN_";
    private static final String DATABASES = "HASTEN_DATABASES_";

    // Kubernetes (and Docker links) set variables for every Service in every container. For a Service named "hasten" or
    // "hasten-admin" these are HASTEN_SERVICE_HOST, HASTEN_PORT=tcp://10.0.0.1:4466, HASTEN_ADMIN_PORT_4467_TCP, ...
    private static final Pattern SERVICE_NAME =
            Pattern.compile("HASTEN_(\\w+_)?(SERVICE_(HOST|PORT(_\\w+)?)|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://\\S*");

    /** Paths by variable, including former names, of the keys that do not belong to a database. */
    private static final Map<String, String> FIXED = ConfigKeys.ALL.stream()
            .filter(key -> !key.perDatabase())
            .flatMap(EnvironmentInputs::templates)
            .collect(Collectors.toUnmodifiableMap(Key::variable, Function.identity()));

    /** Templates, including former names, of the keys of a database. */
    private static final List<String> PER_DATABASE = ConfigKeys.ALL.stream()
            .filter(key -> key.perDatabase() && key.scalar())
            .flatMap(EnvironmentInputs::templates)
            // Longest suffix first, so that the part taken as the database name is as short as possible.
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();

    private EnvironmentInputs() {}

    private static Stream<String> templates(Key key) {
        return Stream.concat(Stream.of(key.template()), key.formerTemplate().stream());
    }

    /**
     * Reads the variables. An empty variable is treated as unset, because Compose files and shells pass an unset
     * variable on as an empty one.
     *
     * @param databases database names from other sources, for hints
     * @param problems receives a problem for each unknown variable
     */
    static Map<String, Input> read(
            Map<String, String> environment, Collection<String> databases, List<ConfigProblem> problems) {
        Map<String, Input> inputs = new LinkedHashMap<>();
        Set<String> unknown = new TreeSet<>();
        put(inputs, "databases.default.url", environment, "DATABASE_URL");
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(PREFIX)
                    || LAUNCHER.contains(name)
                    || OF_API_KEY.contains(name)
                    || isServiceAddress(name, variable.getValue())) {
                continue;
            }
            path(name).ifPresentOrElse(path -> put(inputs, path, environment, name), () -> unknown.add(name));
        }
        putApiKey(inputs, environment, problems);
        Set<String> known = new TreeSet<>(databases);
        known.addAll(ConfigInputs.databases(inputs.keySet()));
        known.add("default");
        for (String name : unknown) {
            String nearest = Nearest.to(name, variables(known));
            problems.add(new ConfigProblem(
                    name, null, "unknown variable; the closest match is " + nearest, new Origin.Environment(name)));
        }
        return inputs;
    }

    private static void putApiKey(
            Map<String, Input> inputs, Map<String, String> environment, List<ConfigProblem> problems) {
        put(inputs, API_KEY_PATH + "secret", environment, API_KEY);
        Input secret = inputs.get(API_KEY_PATH + "secret");
        if (secret != null) {
            inputs.put(API_KEY_PATH + "name", new Input("env", secret.origin()));
            put(inputs, API_KEY_PATH + "scopes", environment, API_KEY_SCOPES);
        } else if (!environment.getOrDefault(API_KEY_SCOPES, "").isEmpty()) {
            problems.add(new ConfigProblem(
                    API_KEY_SCOPES,
                    null,
                    "the API key for these scopes is missing; set " + API_KEY + " as well",
                    new Origin.Environment(API_KEY_SCOPES)));
        }
    }

    private static boolean isServiceAddress(String name, String value) {
        return SERVICE_NAME.matcher(name).matches()
                || (name.endsWith("PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }

    private static void put(Map<String, Input> inputs, String path, Map<String, String> environment, String name) {
        String text = environment.get(name);
        if (text != null && !text.isEmpty()) {
            inputs.put(path, new Input(text, new Origin.Environment(name)));
        }
    }

    private static Optional<String> path(String variable) {
        String fixed = FIXED.get(variable);
        if (fixed != null) {
            return Optional.of(fixed);
        }
        for (String template : PER_DATABASE) {
            String ending = Key.variable(template).replace(DATABASES + "<NAME>", "");
            if (variable.startsWith(DATABASES)
                    && variable.endsWith(ending)
                    && variable.length() > DATABASES.length() + ending.length()) {
                String name = variable.substring(DATABASES.length(), variable.length() - ending.length());
                return Optional.of(
                        template.replace("<name>", name.toLowerCase(Locale.ROOT).replace('_', '-')));
            }
        }
        return Optional.empty();
    }

    private static Stream<String> variables(Collection<String> databases) {
        return Stream.concat(
                Stream.concat(OF_API_KEY.stream().sorted(), LAUNCHER.stream().sorted()),
                ConfigKeys.paths(databases).filter(path -> !path.contains("[]")).map(Key::variable));
    }
}
