package dev.hasten.testing;

import dev.hasten.admission.Database;
import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.server.HastenServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A running server with one database, and a client with a valid key. */
public final class TestServer implements AutoCloseable {
    /** The only key of the server. */
    public static final String KEY = "test-key-0123456789-abcdefghijklmnop";

    private final HastenServer server;
    private final Client client;
    private final Path directory;

    private TestServer(HastenServer server, Path directory) {
        this.server = server;
        this.directory = directory;
        this.client = new Client(server.port(), KEY);
    }

    /** Builds a server for a database. */
    public static Builder on(TestPostgres database) {
        return on(database.url());
    }

    /** Builds a server for a database URL; the database may be down. */
    public static Builder on(String databaseUrl) {
        return new Builder(databaseUrl);
    }

    /** The settings that differ from the defaults. */
    public static final class Builder {
        private final String databaseUrl;
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder(String databaseUrl) {
            this.databaseUrl = databaseUrl;
        }

        /** Sets a configuration key; {@code pool.*} and {@code limits.*} are settings of the database. */
        public Builder with(String key, Object value) {
            String path = key.startsWith("pool.") || key.startsWith("limits.") ? "databases.default." + key : key;
            settings.put(path, value.toString());
            return this;
        }

        /** Starts the server on a free port. */
        public TestServer start() {
            try {
                Path directory = Files.createTempDirectory("hasten-test-server");
                settings.put("port", "0");
                settings.put("host", "127.0.0.1");
                Config config = Config.load(new ConfigSources(
                        null, Map.of("DATABASE_URL", databaseUrl, "HASTEN_API_KEY", KEY), settings, directory));
                return new TestServer(HastenServer.start(config), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Returns a client with the valid key. */
    public Client client() {
        return client;
    }

    /** Returns a client with another key. */
    public Client clientWithKey(String key) {
        return new Client(server.port(), key);
    }

    /** Returns the server itself. */
    public HastenServer server() {
        return server;
    }

    /** Returns the server's only database. */
    public Database database() {
        return Objects.requireNonNull(server.databases().get("default"));
    }

    @Override
    public void close() {
        server.close();
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
