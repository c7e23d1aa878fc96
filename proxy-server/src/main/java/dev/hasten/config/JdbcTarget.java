package dev.hasten.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The URL and properties that pgjdbc needs to connect to a database.
 *
 * @param url hosts and database only; contains no secrets
 * @param properties everything else, including the password
 */
public record JdbcTarget(String url, Properties properties) {
    /** Verifies certificates against Java's own trust store, which pgjdbc's default factory does not use. */
    private static final String JAVA_TRUST = "org.postgresql.ssl.DefaultJavaSSLFactory";

    static JdbcTarget of(DatabaseUrl database) {
        String hosts = database.hosts().stream().map(DatabaseUrl.Host::toString).collect(Collectors.joining(","));
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.user());
        Secret password = database.password();
        if (password != null) {
            PGProperty.PASSWORD.set(properties, password.value());
        }
        setSession(database, properties);
        setNetwork(database, properties);
        setTls(database, properties);
        return new JdbcTarget(
                "jdbc:postgresql://" + hosts + "/"
                        + DatabaseUrlParser.encode(database.database()).replace("/", "%2F"),
                properties);
    }

    private static void setSession(DatabaseUrl database, Properties properties) {
        PGProperty.APPLICATION_NAME.set(properties, database.parameters().getOrDefault("application_name", "hasten"));
        PGProperty.OPTIONS.set(properties, database.parameters().get("options"));
        String schema = database.schema();
        if (schema != null) {
            // The driver passes it on as search_path, where PostgreSQL folds an unquoted name to lower case.
            PGProperty.CURRENT_SCHEMA.set(properties, "\"" + schema.replace("\"", "\"\"") + "\"");
        }
        if (database.pgbouncer()) {
            PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        }
    }

    private static void setNetwork(DatabaseUrl database, Properties properties) {
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        database.connectTimeout()
                .ifPresent(wait -> PGProperty.CONNECT_TIMEOUT.set(properties, Math.toIntExact(wait.toSeconds())));
        database.socketTimeout()
                .ifPresent(wait -> PGProperty.SOCKET_TIMEOUT.set(properties, Math.toIntExact(wait.toSeconds())));
        String role = database.parameters().get("target_session_attrs");
        if (role != null) {
            // The driver remembers which host is the primary, by default for 10 s, and a failover changes that.
            PGProperty.HOST_RECHECK_SECONDS.set(properties, 2);
            PGProperty.TARGET_SERVER_TYPE.set(
                    properties,
                    switch (role) {
                        case "read-write", "primary" -> "primary";
                        case "read-only", "standby" -> "secondary";
                        case "prefer-standby" -> "preferSecondary";
                        default -> "any";
                    });
        }
    }

    private static void setTls(DatabaseUrl database, Properties properties) {
        DatabaseUrl.SslMode mode = database.sslMode();
        PGProperty.SSL_MODE.set(properties, mode.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        PGProperty.CHANNEL_BINDING.set(properties, database.parameters().get("channel_binding"));
        PGProperty.SSL_PASSWORD.set(properties, database.parameters().get("sslpassword"));
        PGProperty.SSL_CERT.set(properties, absolute(database.clientCertificate()));
        PGProperty.SSL_KEY.set(
                properties,
                absolute(database.parameters()
                        .getOrDefault("sslidentity", database.parameters().get("sslkey"))));
        String rootCertificate = database.rootCertificate();
        if (rootCertificate != null) {
            PGProperty.SSL_ROOT_CERT.set(properties, absolute(rootCertificate));
        } else if (mode.verifies()) {
            PGProperty.SSL_FACTORY.set(properties, JAVA_TRUST);
        }
    }

    private static @Nullable String absolute(@Nullable String path) {
        return path == null ? null : Path.of(path).toAbsolutePath().toString();
    }

    /** Omits the properties, which include the password. */
    @Override
    public String toString() {
        return url;
    }
}
