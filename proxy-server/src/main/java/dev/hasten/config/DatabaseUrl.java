package dev.hasten.config;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL URL in the syntax of Prisma and libpq: {@code postgresql://user:password@host:5432/database?schema=app}.
 * Multiple hosts are separated by commas. All components are percent-decoded.
 *
 * @param user the role to log in as
 * @param password null if the URL has none
 * @param hosts in the order in which they are tried; at least one
 * @param database {@code postgres} if the URL names none, as in Prisma
 * @param parameters the known parameters by name, already validated
 * @param warnings about parameters that are ignored or have a non-obvious meaning; contain no secrets
 */
public record DatabaseUrl(
        String user,
        @Nullable Secret password,
        List<Host> hosts,
        String database,
        Map<String, String> parameters,
        List<String> warnings) {
    public DatabaseUrl {
        hosts = List.copyOf(hosts);
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        warnings = List.copyOf(warnings);
    }

    /**
     * One server.
     *
     * @param name a host name or address; an IPv6 address is in brackets
     * @param port 1 to 65535
     */
    public record Host(String name, int port) {
        @Override
        public String toString() {
            return name + ":" + port;
        }
    }

    /**
     * Whether the connection is encrypted and the server's certificate is verified; same as libpq's {@code sslmode}.
     */
    public enum SslMode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /** Whether the server's certificate is verified. */
        public boolean verifies() {
            return this == VERIFY_CA || this == VERIFY_FULL;
        }
    }

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException if the URL is invalid; the message lists all problems and never contains
     *     the password
     */
    public static DatabaseUrl parse(String url) {
        return new DatabaseUrlParser(url).parse();
    }

    /** The URL and properties for pgjdbc. */
    public JdbcTarget toJdbcProperties() {
        return JdbcTarget.of(this);
    }

    /** The schema for unqualified names, or null if the URL has none. It is reported to Prisma clients. */
    public @Nullable String schema() {
        return parameters.get("schema");
    }

    /**
     * The effective mode. As in libpq, {@code require} with a root certificate means {@code verify-ca}, and
     * {@code sslrootcert=system} means {@code verify-full}. Prisma's {@code sslaccept=strict} means
     * {@code verify-full} too.
     */
    public SslMode sslMode() {
        SslMode mode = switch (parameters.getOrDefault("sslmode", "prefer")) {
            case "disable" -> SslMode.DISABLE;
            case "allow" -> SslMode.ALLOW;
            case "require", "no-verify" -> SslMode.REQUIRE;
            case "verify-ca" -> SslMode.VERIFY_CA;
            case "verify-full" -> SslMode.VERIFY_FULL;
            default -> SslMode.PREFER;
        };
        if (mode == SslMode.DISABLE || "no-verify".equals(parameters.get("sslmode"))) {
            return mode;
        }
        if ("strict".equals(parameters.get("sslaccept")) || "system".equals(parameters.get("sslrootcert"))) {
            return SslMode.VERIFY_FULL;
        }
        return mode == SslMode.REQUIRE && rootCertificate() != null ? SslMode.VERIFY_CA : mode;
    }

    /** PEM file with the trusted certificates; null means Java's own trust store. */
    public @Nullable String rootCertificate() {
        String rootCertificate = parameters.get("sslrootcert");
        if (rootCertificate == null && !parameters.containsKey("sslkey")) {
            // In Prisma, sslcert is the root certificate. In libpq, it is the client certificate and requires sslkey.
            return parameters.get("sslcert");
        }
        return "system".equals(rootCertificate) ? null : rootCertificate;
    }

    /** PEM file with the client certificate, or null. */
    public @Nullable String clientCertificate() {
        return parameters.containsKey("sslkey") ? parameters.get("sslcert") : null;
    }

    /**
     * Whether the connection passes through PgBouncer in transaction mode, which rules out server-prepared statements.
     */
    public boolean pgbouncer() {
        return Boolean.parseBoolean(parameters.get("pgbouncer"));
    }

    /** Maximum time to open a connection; zero means no limit, empty means the driver's default of 10 s. */
    public Optional<Duration> connectTimeout() {
        return seconds("connect_timeout");
    }

    /** Maximum time to wait for data from the server; zero or empty means no limit. */
    public Optional<Duration> socketTimeout() {
        return seconds("socket_timeout");
    }

    private Optional<Duration> seconds(String parameter) {
        return Optional.ofNullable(parameters.get(parameter)).map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /** The value of a parameter, in the syntax of the configuration key that it replaces. */
    Optional<String> setting(String parameter) {
        return Optional.ofNullable(parameters.get(parameter))
                .map(text -> parameter.equals("pool_timeout") ? text + "s" : text);
    }

    /** The URL with passwords masked. */
    @Override
    public String toString() {
        String secret = password == null ? "" : ":" + Secret.MASK;
        String servers = hosts.stream().map(Host::toString).collect(Collectors.joining(","));
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "="
                        + (entry.getKey().equals("sslpassword")
                                ? Secret.MASK
                                : DatabaseUrlParser.encode(entry.getValue())))
                .collect(Collectors.joining("&"));
        return "postgresql://" + DatabaseUrlParser.encode(user) + secret + "@" + servers + "/"
                + DatabaseUrlParser.encode(database) + (query.isEmpty() ? "" : "?" + query);
    }
}
