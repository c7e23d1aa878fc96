package dev.hasten.testing;

import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A new database for a test class, on a real PostgreSQL: the server of {@code TEST_DATABASE_URL} if set, else one in a
 * container if a Docker engine is available, else an embedded one. All classes of a run share the server.
 *
 * <p>The system property {@code hasten.test.postgres} selects the oldest supported version, see {@link OldestPostgres}.
 */
public final class TestPostgres implements BeforeAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(TestPostgres.class);

    private final String[] statements;
    private @Nullable Server server;
    private String name = "";
    /** For {@link #execute} and {@link #column}, because opening a connection takes longer than most statements. */
    private @Nullable Connection own;

    private TestPostgres(String... statements) {
        this.statements = statements;
    }

    /** Returns an empty database. */
    public static TestPostgres empty() {
        return new TestPostgres();
    }

    /** Returns a database in which these statements have been run. */
    public static TestPostgres with(String... statements) {
        return new TestPostgres(statements);
    }

    /** Creates the database, which JUnit drops after the class; does nothing if a {@link TestServer} has created it. */
    @Override
    public void beforeAll(ExtensionContext context) throws SQLException {
        if (server != null) {
            return;
        }
        Server shared = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Server.class, _ -> Server.start(), Server.class);
        server = shared;
        name = "test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        admin(shared, "CREATE DATABASE " + name);
        context.getStore(NAMESPACE).put(this, (AutoCloseable) () -> drop(shared));
        execute(statements);
    }

    private void drop(Server shared) throws SQLException {
        if (own != null) {
            own.close();
        }
        // A replication connection ends a moment after its client, and FORCE does not end it.
        await().until(() -> replicationSlots(shared) == 0);
        admin(shared, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private int replicationSlots(Server shared) throws SQLException {
        try (Connection connection = connect(shared.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) FROM pg_replication_slots WHERE database = '" + name + "'")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void admin(Server server, String sql) throws SQLException {
        try (Connection connection = connect(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the client URL of the database. */
    public String url() {
        return server().at(name);
    }

    /** Returns the name of the database. */
    public String name() {
        return name;
    }

    /** Opens a direct connection, which bypasses the server under test. */
    public Connection connection() throws SQLException {
        return connect(url());
    }

    private synchronized Connection own() throws SQLException {
        Connection connection = own;
        if (connection == null) {
            connection = connection();
            own = connection;
        }
        return connection;
    }

    /** Runs statements on a direct connection, which is the same for all calls; they must not change its settings. */
    public void execute(String... statements) {
        try (Statement statement = own().createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a query on a direct connection; returns the first column, as text. */
    public List<@Nullable String> column(String sql) {
        List<@Nullable String> values = new ArrayList<>();
        try (Statement statement = own().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return values;
    }

    /** Runs a query on a direct connection; returns the only value, as text. */
    public String value(String sql) {
        return String.valueOf(column(sql).getFirst());
    }

    /** Returns the major version, such as 18. */
    public int version() {
        return Integer.parseInt(value("SHOW server_version_num")) / 10_000;
    }

    private Server server() {
        Server shared = server;
        if (shared == null) {
            throw new IllegalStateException("register the database as a static extension");
        }
        return shared;
    }

    /** Connects to a client URL. */
    static Connection connect(String url) throws SQLException {
        String rest = url.substring(url.indexOf("://") + 3);
        int at = rest.lastIndexOf('@');
        String[] credentials = rest.substring(0, Math.max(0, at)).split(":", 2);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + rest.substring(at + 1),
                credentials[0],
                credentials.length > 1 ? credentials[1] : null);
    }

    /** The shared server; JUnit closes it at the end of the run. */
    private record Server(String url, Runnable stop) implements AutoCloseable {
        static Server start() {
            String given = System.getenv("TEST_DATABASE_URL");
            if (given != null && !given.isEmpty()) {
                return new Server(given, () -> {});
            }
            if (hasDocker()) {
                return container();
            }
            PostgresServer embedded = PostgresServer.started();
            return new Server(embedded.url("postgres"), embedded::close);
        }

        private static boolean hasDocker() {
            return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        }

        private static Server container() {
            String version = System.getProperty("hasten.test.postgres", "");
            PostgreSQLContainer container = new PostgreSQLContainer(
                    DockerImageName.parse("postgres:" + (version.isEmpty() ? "18" : version) + "-alpine"));
            container.setCommand("postgres", "-c", "shared_preload_libraries=pg_stat_statements");
            container.start();
            return new Server(
                    "postgresql://%s:%s@%s:%d/%s"
                            .formatted(
                                    container.getUsername(),
                                    container.getPassword(),
                                    container.getHost(),
                                    container.getMappedPort(5432),
                                    container.getDatabaseName()),
                    container::stop);
        }

        /** Returns the URL of another database of the server. */
        String at(String database) {
            int query = url.indexOf('?');
            String address = query < 0 ? url : url.substring(0, query);
            return address.substring(0, address.lastIndexOf('/') + 1)
                    + database
                    + (query < 0 ? "" : url.substring(query));
        }

        @Override
        public void close() {
            stop.run();
        }
    }
}
