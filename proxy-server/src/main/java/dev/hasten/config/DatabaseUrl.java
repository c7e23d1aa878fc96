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
 * A PostgreSQL URL as Prisma and libpq write it: {@code postgresql://user:password@host:5432/database?schema=app}.
 * Several hosts are separated by commas. Everything is percent-decoded.
 *
 * @param user the role to log in as
 * @param password null when the server asks for none
 * @param hosts in the order in which they are tried; at least one
 * @param database {@code postgres} when the URL names none, as Prisma has it
 * @param parameters the known ones by name, already checked
 * @param warnings about parameters that are ignored or read in a way worth knowing; safe to print
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
     * @param name a name or address; an IPv6 address is in brackets
     * @param port 1 to 65535
     */
    public record Host(String name, int port) {
        @Override
        public String toString() {
            return name + ":" + port;
        }
    }

    /** How far the connection's encryption and the server's certificate matter, as in libpq. */
    public enum SslMode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /** Whether the server's certificate is checked. */
        public boolean verifies() {
            return this == VERIFY_CA || this == VERIFY_FULL;
        }
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException naming everything that is wrong with it, never its password
     */
    public static DatabaseUrl parse(String url) {
        return new DatabaseUrlParser(url).parse();
    }

    /** What goes to the driver. */
    public JdbcTarget toJdbcProperties() {
        return JdbcTarget.of(this);
    }

    /** The schema of unqualified names, or null when the URL does not say one; Prisma clients are told it. */
    public @Nullable String schema() {
        return parameters.get("schema");
    }

    /**
     * The mode in effect. As in libpq a root certificate makes {@code require} check it, and
     * {@code sslrootcert=system} asks for the full check; so does Prisma's {@code sslaccept=strict}.
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

    /** PEM file with the certificates to trust; null for those that Java trusts. */
    public @Nullable String rootCertificate() {
        String rootCertificate = parameters.get("sslrootcert");
        if (rootCertificate == null && !parameters.containsKey("sslkey")) {
            // Prisma's sslcert is the server's certificate; libpq's is the client's and comes with a key.
            return parameters.get("sslcert");
        }
        return "system".equals(rootCertificate) ? null : rootCertificate;
    }

    /** PEM file with the client's certificate, or null. */
    public @Nullable String clientCertificate() {
        return parameters.containsKey("sslkey") ? parameters.get("sslcert") : null;
    }

    /** Whether a PgBouncer in transaction mode stands in between: server-prepared statements must stay off. */
    public boolean pgbouncer() {
        return Boolean.parseBoolean(parameters.get("pgbouncer"));
    }

    /** Longest wait for a new connection; zero means no limit, empty means the driver's default of 10 s. */
    public Optional<Duration> connectTimeout() {
        return seconds("connect_timeout");
    }

    /** Longest wait for bytes of the server; zero or empty means no limit. */
    public Optional<Duration> socketTimeout() {
        return seconds("socket_timeout");
    }

    private Optional<Duration> seconds(String parameter) {
        return Optional.ofNullable(parameters.get(parameter)).map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /** A parameter in the syntax of the configuration key that it stands in for. */
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
