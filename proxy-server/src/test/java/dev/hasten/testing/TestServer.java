package dev.hasten.testing;

import dev.hasten.admission.Database;
import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.server.HastenServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A server with one database, and a client with a valid key.
 *
 * <p>Registered as an extension, it runs during the tests: one server for the class if the field is static, else a new
 * one for each test. A test that needs another server starts it with {@link #start} and closes it.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int)");
 *
 * @RegisterExtension
 * static final TestServer SERVER = TestServer.on(POSTGRES).with("pool.size", 1);
 *
 * private static final Client CLIENT = SERVER.client();
 * }</pre>
 */
public final class TestServer implements BeforeAllCallback, BeforeEachCallback, AutoCloseable {
    /** The only key that the server knows at its start. */
    public static final String KEY = "test-key-0123456789-abcdefghijklmnop";

    private final @Nullable TestPostgres postgres;
    private final Supplier<String> databaseUrl;
    /**
     * Without the schema poll: tests change the schema themselves and then count hits. With a short drain, because tests leave
     * transactions open.
     */
    private final Map<String, String> settings = new LinkedHashMap<>(Map.of(
            "port", "0", "host", "127.0.0.1", "databases.default.cache.schema_poll", "0s", "drain_timeout", "1s"));

    private final Client client = clientWithKey(KEY);
    private @Nullable HastenServer server;
    private @Nullable Path directory;

    private TestServer(@Nullable TestPostgres postgres, Supplier<String> databaseUrl) {
        this.postgres = postgres;
        this.databaseUrl = databaseUrl;
    }

    /** Returns a server for a database. */
    public static TestServer on(TestPostgres database) {
        return new TestServer(database, database::url);
    }

    /** Returns a server that connects to a database as the given user, without a password. */
    public static TestServer on(TestPostgres database, String user) {
        return new TestServer(database, () -> database.url().replaceFirst("//[^@]*@", "//" + user + "@"));
    }

    /** Returns a server for a database URL; the database may be down. */
    public static TestServer on(String databaseUrl) {
        return new TestServer(null, () -> databaseUrl);
    }

    /**
     * Sets a configuration key before the start; {@code pool.*} and {@code limits.*} are settings of the database.
     */
    public TestServer with(String key, Object value) {
        String path = key.startsWith("pool.") || key.startsWith("limits.") ? "databases.default." + key : key;
        settings.put(path, value.toString());
        return this;
    }

    /** Starts the server on a free port. */
    public TestServer start() {
        try {
            Path home = Files.createTempDirectory("hasten-test-server");
            directory = home;
            server = HastenServer.start(Config.load(new ConfigSources(
                    null, Map.of("DATABASE_URL", databaseUrl.get(), "HASTEN_API_KEY", KEY), settings, home)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Starts the server of a static field. */
    @Override
    public void beforeAll(ExtensionContext context) throws SQLException {
        if (postgres != null) {
            // JUnit does not call extensions in the order of their fields.
            postgres.beforeAll(context);
        }
        startDuring(context);
    }

    /** Starts the server of an instance field. */
    @Override
    public void beforeEach(ExtensionContext context) {
        startDuring(context);
    }

    /** Starts the server unless it is running. JUnit closes it with the context, before the database. */
    private void startDuring(ExtensionContext context) {
        if (server == null) {
            start();
            context.getStore(Namespace.create(TestServer.class)).put(this, this);
        }
    }

    /** Returns a client with the valid key. You can get it before the server runs. */
    public Client client() {
        return client;
    }

    /** Returns a client with another key. */
    public Client clientWithKey(String key) {
        return new Client(() -> server().port(), key);
    }

    /** Returns the server itself. */
    public HastenServer server() {
        HastenServer running = server;
        if (running == null) {
            throw new IllegalStateException("the server is not running: register it as an extension, or start it");
        }
        return running;
    }

    /** Returns the server's only database. */
    public Database database() {
        return Objects.requireNonNull(server().databases().get("default"));
    }

    @Override
    public void close() {
        HastenServer running = server;
        if (running == null) {
            return;
        }
        running.close();
        server = null;
        try (var files = Files.walk(Objects.requireNonNull(directory))) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
