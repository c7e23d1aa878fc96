package dev.hasten.cli;

import static java.util.Objects.requireNonNull;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.config.KeyScope;
import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.server.HastenServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL with the sample data, a Hasten server and a client, for the duration of the demo. */
final class DemoStage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoStage.class);

    /**
     * The same database with a short limit, for the step that exceeds it. The others must succeed on a slow machine, too.
     */
    private static final String IMPATIENT = "impatient";

    private static final String SHORT_TIMEOUT = "1s";

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Thread cleanUp = new Thread(this::closeAll, "hasten-demo-clean-up");
    private final ConnectionPool database;
    private final DemoClient client;
    private final String impatientKey;

    private DemoStage() throws Exception {
        EmbeddedDatabase.requireBinaries();
        // Cleans up if the demo is interrupted; otherwise the embedded PostgreSQL would keep running.
        Runtime.getRuntime().addShutdownHook(cleanUp);
        // The hook waits for this lock, so that during the start it closes everything that was started.
        synchronized (this) {
            try {
                Path directory = Files.createTempDirectory("hasten-demo");
                started.push(() -> delete(directory));
                EmbeddedDatabase postgres = EmbeddedDatabase.start(directory);
                started.push(postgres);
                Config config = config(directory, postgres.url());
                HastenServer server = HastenServer.start(config);
                started.push(server);
                database = requireNonNull(server.databases().get("default")).pool();
                run(DemoClient.resource("sample.sql"));
                client = new DemoClient(
                        server.port(),
                        server.keys()
                                .create("demo", "default", KeyScope.DEFAULT, null)
                                .token());
                started.push(client);
                impatientKey = server.keys()
                        .create(IMPATIENT, IMPATIENT, KeyScope.DEFAULT, null)
                        .token();
            } catch (Exception e) {
                close();
                throw e;
            }
        }
    }

    /** Starts everything. */
    static DemoStage open() throws Exception {
        return new DemoStage();
    }

    /** The configuration. It ignores files and the environment, so that every demo is the same. */
    private static Config config(Path directory, String databaseUrl) {
        Map<String, String> values = Map.of(
                "host", "127.0.0.1",
                "port", "0",
                "state_dir", directory.toString(),
                "drain_timeout", "1s",
                "log.slow_query", "0s",
                "databases.default.url", databaseUrl,
                "databases.default.limits.query_timeout", "60s",
                "databases.impatient.url", databaseUrl,
                "databases.impatient.limits.query_timeout", SHORT_TIMEOUT);
        return Config.load(new ConfigSources(null, Map.of(), values, directory));
    }

    private StatementResult run(String sql) {
        Cancellation cancellation = new Cancellation();
        try (Lease lease = database.lease(cancellation)) {
            return lease.run(ParsedStatement.of(sql), List.of(), StatementPolicy.CLIENT_SCRIPT, cancellation);
        }
    }

    /** A key whose requests may take one second. */
    String impatientKey() {
        return impatientKey;
    }

    DemoClient client() {
        return client;
    }

    /** The number of statements that PostgreSQL is running, except the one that counts them. */
    int runningStatements() {
        return Integer.parseInt(String.valueOf(run("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
                .rows()
                .text(0, 0)));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(cleanUp);
        } catch (IllegalStateException e) {
            // The JVM is shutting down; the hook has nothing left to close.
        }
    }

    private synchronized void closeAll() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                LOG.error("the demo could not clean up completely", e);
            }
        }
    }
}
