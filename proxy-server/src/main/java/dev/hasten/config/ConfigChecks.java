package dev.hasten.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validation rules that involve more than one key. */
final class ConfigChecks {
    private static final int MAX_PORT = 65_535;
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]+");

    /** Headers of the requests of OTLP that Hasten or Java's HTTP client sets. */
    private static final Set<String> RESERVED_HEADERS = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "transfer-encoding",
            "upgrade");

    private final Config config;
    private final List<ConfigProblem> problems;

    ConfigChecks(Config config, List<ConfigProblem> problems) {
        this.config = config;
        this.problems = problems;
    }

    /** Adds every violation to the problems. */
    void run() {
        checkTls();
        checkProxies();
        checkOtlp();
        checkPorts();
        checkAdminTokens();
        Map<String, String> ownersOfHashes = new HashMap<>();
        Map<String, Map<String, Origin>> origins = originsOfKeys();
        for (DatabaseConfig database : config.databases().values()) {
            checkTransactions(database);
            checkCertificates(database);
            checkCacheDefaults(database);
            checkKeys(database, ownersOfHashes, origins);
        }
    }

    private void checkTls() {
        boolean cert = isGiven("tls.cert");
        boolean key = isGiven("tls.key");
        if (cert && !key) {
            problem("tls.key", null, "tls.cert requires a private key; set both keys or neither", origin("tls.cert"));
        } else if (key && !cert) {
            problem("tls.cert", null, "tls.key requires a certificate; set both keys or neither", origin("tls.key"));
        } else if (cert && config.tls().dev()) {
            problem("tls.dev", "true", "tls.cert already sets a certificate; set only one of them", origin("tls.dev"));
        }
        if (isGiven("tls.client_ca") && !cert) {
            problem(
                    "tls.client_ca",
                    null,
                    "client certificates require https; set tls.cert and tls.key, too",
                    origin("tls.client_ca"));
        }
    }

    private void checkOtlp() {
        OtlpConfig otlp = config.otlp();
        if (otlp.endpoint() != null && !isPlainUrl(otlp.endpoint())) {
            // Without the value, which may contain a password.
            problem(
                    "otlp.endpoint",
                    null,
                    "use a URL with a host and without a user, such as http://localhost:4318; put credentials into otlp.headers",
                    origin("otlp.endpoint"));
        }
        try {
            otlp.headersByName().forEach(this::checkHeader);
        } catch (IllegalArgumentException e) {
            problem("otlp.headers", null, "a value is not percent-encoded correctly", origin("otlp.headers"));
        }
    }

    private void checkHeader(String name, String value) {
        if (RESERVED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            problem(
                    "otlp.headers",
                    null,
                    "the header " + name + " is set by Hasten; remove it",
                    origin("otlp.headers"));
        }
        if (!HEADER_VALUE.matcher(value).matches()) {
            problem(
                    "otlp.headers",
                    null,
                    "the value of " + name + " must consist of visible ASCII characters and spaces",
                    origin("otlp.headers"));
        }
    }

    private static boolean isPlainUrl(String url) {
        try {
            URI uri = new URI(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= MAX_PORT;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private void checkProxies() {
        if (config.http().proxyProtocol() && config.http().trustedProxies() == null) {
            problem(
                    "http.proxy_protocol",
                    "true",
                    "set http.trusted_proxies to the addresses of the proxies that use the protocol",
                    origin("http.proxy_protocol"));
        }
    }

    private boolean isGiven(String path) {
        return config.values().inputs().get(path).isPresent();
    }

    private void checkPorts() {
        ServerConfig server = config.server();
        boolean sameAddress =
                server.host().equals(server.adminHost()) || isWildcard(server.host()) || isWildcard(server.adminHost());
        if (sameAddress && server.port() != 0 && server.port() == server.adminPort()) {
            problem(
                    "admin_port",
                    String.valueOf(server.adminPort()),
                    "the key port has the same value; use two different ports",
                    origin("admin_port"));
        }
    }

    private void checkAdminTokens() {
        Secret token = config.server().adminToken();
        if (token != null && token.equals(config.server().adminReadToken())) {
            problem(
                    "admin_read_token",
                    Secret.MASK,
                    "admin_token has the same value, so the token could not be restricted to reading; use another one",
                    origin("admin_read_token"));
        }
    }

    private static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
    }

    private void checkTransactions(DatabaseConfig database) {
        requireConnections(database, "max_transactions", database.limits().maxTransactions());
        requireConnections(database, "max_streams", database.limits().maxStreams());
    }

    private void requireConnections(DatabaseConfig database, String key, int count) {
        if (count > database.pool().size()) {
            String path = ConfigKeys.DATABASES + database.name() + ".limits." + key;
            problem(
                    path,
                    String.valueOf(count),
                    "must not exceed pool.size, which is " + database.pool().size(),
                    origin(path));
        }
    }

    private void checkCertificates(DatabaseConfig database) {
        String path = ConfigKeys.DATABASES + database.name() + ".url";
        for (String parameter : List.of("sslrootcert", "sslcert", "sslkey", "sslidentity")) {
            String file = database.url().parameters().get(parameter);
            if (file != null
                    && !file.equals("system")
                    && !Files.isReadable(
                            config.values().inputs().workingDirectory().resolve(file))) {
                problem(
                        path,
                        null,
                        "parameter " + parameter + ": file not found or not readable: " + file,
                        origin(path));
            }
        }
    }

    private void checkCacheDefaults(DatabaseConfig database) {
        String path = ConfigKeys.DATABASES + database.name() + ".cache.max_tags";
        for (DatabaseCacheConfig.Default strategy : database.cacheDefaults()) {
            if (strategy.tagList().size() > database.cache().maxTags()) {
                problem(
                        path,
                        String.valueOf(database.cache().maxTags()),
                        "the default for the model " + strategy.model() + " has "
                                + strategy.tagList().size() + " tags; remove some or increase this value",
                        origin(path));
            }
        }
    }

    private void checkKeys(
            DatabaseConfig database,
            Map<String, String> ownersOfHashes,
            Map<String, Map<String, Origin>> originsOfKeys) {
        String list = ConfigKeys.DATABASES + database.name() + ".keys";
        Map<String, Origin> origins = originsOfKeys.getOrDefault(list, Map.of());
        Set<String> names = new HashSet<>();
        for (ApiKeyConfig key : database.keys()) {
            Origin origin = origins.getOrDefault(key.name(), new Origin.Default());
            if (!names.add(key.name())) {
                problem(list, key.name(), "two API keys have this name; use a different name for each", origin);
            }
            // A request names no database: its key alone selects one.
            String owner = ownersOfHashes.putIfAbsent(key.sha256(), database.name() + "/" + key.name());
            if (owner != null) {
                problem(
                        list,
                        key.name(),
                        "this API key has the same secret as the API key " + owner
                                + "; use a different secret for each",
                        origin);
            }
        }
    }

    /** The origins of the keys of each list by their names; that of the last one if several have the same name. */
    private Map<String, Map<String, Origin>> originsOfKeys() {
        Map<String, Map<String, Origin>> origins = new HashMap<>();
        config.values().inputs().byPath().forEach((path, input) -> {
            int list = path.indexOf(".keys[");
            if (list >= 0 && path.endsWith(".name") && input.text() != null) {
                origins.computeIfAbsent(path.substring(0, list) + ".keys", _ -> new HashMap<>())
                        .put(input.text(), input.origin());
            }
        });
        return origins;
    }

    private Origin origin(String path) {
        return config.values().origin(path).orElse(new Origin.Default());
    }

    private void problem(String key, @Nullable String value, String explanation, Origin origin) {
        problems.add(new ConfigProblem(key, value, explanation, origin));
    }
}
