package dev.hasten.postgres;

import dev.hasten.postgres.PostgresSession.SessionOptions;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.util.HostSpec;

/** Opens sessions for the pool and reports the outcome of each attempt. */
final class SessionFactory implements DataSource {
    private static final String SESSION_OPTIONS =
            " -c bytea_output=hex -c extra_float_digits=1 -c standard_conforming_strings=on";
    private static final int CONNECT_SECONDS = 10;
    private static final Set<String> UTC = Set.of("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "Universal");

    private final int socketTimeout;
    private final HostSpec[] hosts;
    private final String url;
    private final Properties properties;
    private final SessionOptions options;
    private final Consumer<SQLException> onFailure;
    private final LongConsumer onSuccess;
    private final @Nullable Consumer<String> onIdentity;

    /**
     * @param onFailure called for each failed attempt, on the thread that made it
     * @param onSuccess receives the nanoseconds that each successful attempt took, on the thread that made it
     * @param onIdentity receives the {@link PostgresSession#databaseIdentity} of each new connection before it is used;
     *     null if it is not needed
     * @throws IllegalArgumentException if the driver does not accept the URL
     */
    SessionFactory(
            String url,
            Properties properties,
            SessionOptions options,
            Consumer<SQLException> onFailure,
            LongConsumer onSuccess,
            @Nullable Consumer<String> onIdentity) {
        Properties parsed = Driver.parseURL(url, properties);
        if (parsed == null) {
            throw new IllegalArgumentException("not a PostgreSQL URL");
        }
        this.url = url;
        this.properties = new Properties();
        parsed.stringPropertyNames().forEach(name -> this.properties.setProperty(name, parsed.getProperty(name)));
        this.properties.setProperty(PGProperty.SOCKET_FACTORY.getName(), DatabaseSocket.Factory.class.getName());
        this.properties.setProperty(
                PGProperty.SSL_FACTORY.getName(),
                DatabaseTls.factoryFor(parsed.getProperty(PGProperty.SSL_FACTORY.getName()))
                        .getName());
        // GSS encryption is disabled because its decrypted bytes cannot be metered.
        this.properties.setProperty(PGProperty.GSS_ENC_MODE.getName(), "disable");
        // Saves a round trip for settings that depend on the version.
        this.properties.setProperty(PGProperty.ASSUME_MIN_SERVER_VERSION.getName(), "12");
        boolean behindPgBouncer = "0".equals(parsed.getProperty(PGProperty.PREPARE_THRESHOLD.getName()));
        if (!behindPgBouncer) {
            // The text form of values depends on these settings, which may be different in the database or role.
            String given = parsed.getProperty(PGProperty.OPTIONS.getName(), "");
            this.properties.setProperty(PGProperty.OPTIONS.getName(), (given + SESSION_OPTIONS).strip());
        }
        this.socketTimeout = Integer.parseInt(parsed.getProperty(PGProperty.SOCKET_TIMEOUT.getName(), "0"));
        // Only while connecting: a server that accepts the connection but does not respond must not block the pool.
        this.properties.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), Integer.toString(CONNECT_SECONDS));
        this.hosts = hosts(parsed);
        this.options = options;
        this.onFailure = onFailure;
        this.onSuccess = onSuccess;
        this.onIdentity = onIdentity;
    }

    /** The driver returns several hosts as two comma-separated lists. */
    private static HostSpec[] hosts(Properties properties) {
        String[] names = properties.getProperty(PGProperty.PG_HOST.getName()).split(",", -1);
        String[] ports = properties.getProperty(PGProperty.PG_PORT.getName()).split(",", -1);
        HostSpec[] hosts = new HostSpec[names.length];
        for (int i = 0; i < hosts.length; i++) {
            hosts[i] = new HostSpec(names[i], Integer.parseInt(ports[i]));
        }
        return hosts;
    }

    @Override
    public Connection getConnection() throws SQLException {
        long started = System.nanoTime();
        try {
            PostgresSession session = PostgresSession.open(hosts, properties, url, options);
            if (!UTC.contains(String.valueOf(session.getParameterStatus("TimeZone")))) {
                session.close();
                throw new SQLException("the session's time zone must be UTC: run the JVM with -Duser.timezone=UTC");
            }
            if (onIdentity != null) {
                onIdentity.accept(session.databaseIdentity());
            }
            session.setNetworkTimeout(Runnable::run, socketTimeout * 1000);
            onSuccess.accept(System.nanoTime() - started);
            return session;
        } catch (SQLException e) {
            onFailure.accept(e);
            throw e;
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("credentials come from the database URL");
    }

    @Override
    public PrintWriter getLogWriter() {
        return new PrintWriter(PrintWriter.nullWriter());
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    /** How many seconds HikariCP waits for an attempt in progress when the pool is closed. */
    @Override
    public int getLoginTimeout() {
        return 5;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logs go to SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
