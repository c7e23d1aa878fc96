package dev.hasten.faults;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.stream.ChangeStream;
import dev.hasten.stream.ChangeStream.Phase;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to the change stream, no read is older than the bound: the cache is not used until it is current.
 *
 * <p>{@code -Dhasten.stream-faults.rows=1000000} and {@code -Dhasten.stream-faults.frozen-millis=60000} make faults larger.
 */
@Tag("integration")
final class StreamFaultTest {
    private static final Map<String, ?> READ = query("SELECT \"n\" FROM \"public\".\"counter\"");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int ROWS = Integer.getInteger("hasten.stream-faults.rows", 300_000);
    private static final Duration FROZEN =
            Duration.ofMillis(Integer.getInteger("hasten.stream-faults.frozen-millis", 600));

    private final PostgresServer postgres = PostgresServer.started();
    private final FaultProxy network = FaultProxy.to(postgres.port());
    private final TestServer server = TestServer.on(
                    "postgresql://postgres@127.0.0.1:%d/postgres".formatted(network.port()))
            .with("databases.default.cache.invalidation", "stream")
            .with("databases.default.cache.stream.bound", "500ms")
            .with("databases.default.cache.stream.max_lag_bytes", "16mb");

    private int written;

    @BeforeEach
    void start() throws SQLException {
        execute("CREATE TABLE counter (n int)", "INSERT INTO counter VALUES (0)", "CREATE TABLE other (n int, t text)");
        server.start();
        awaitHit();
    }

    @AfterEach
    void stop() {
        server.close();
        network.close();
        postgres.close();
    }

    /** Connects directly, not through the proxy. */
    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(postgres.port()), "postgres", null);
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void write() throws SQLException {
        execute("UPDATE counter SET n = " + ++written);
    }

    private Reply read() {
        return server.client().cachedQuery(READ, "max-age=3600");
    }

    private boolean isConfirmed() {
        long age = stream().confirmedAgeMillis();
        return age >= 0 && age <= 500;
    }

    private void awaitHit() {
        await().atMost(PATIENCE).until(() -> read().cacheStatus().equals("ttl"));
    }

    private ChangeStream stream() {
        return Objects.requireNonNull(server.database().stream());
    }

    /** Reads until the written value has arrived; until then, after the bound, nothing older may be returned. */
    private void assertNothingOldAfterTheBound() {
        long acknowledged = System.nanoTime();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            long began = System.nanoTime();
            Reply reply = read();
            if (reply.status() != 200) {
                return false;
            }
            boolean current = reply.data().equals("[{\"n\":%d}]".formatted(written));
            assertThat(current || began - acknowledged < Duration.ofMillis(500).toNanos())
                    .as(reply.cacheStatus() + " " + reply.data())
                    .isTrue();
            return current;
        });
        awaitHit();
        assertThat(read().data()).isEqualTo("[{\"n\":%d}]".formatted(written));
    }

    @Test
    void theWalSenderIsKilled() throws SQLException {
        for (int i = 0; i < 3; i++) {
            execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
            write();
            assertNothingOldAfterTheBound();
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_replication_slots")) {
            row.next();
            assertThat(row.getInt(1)).as("slots").isEqualTo(1);
        }
    }

    @Test
    void postgresIsRestarted() throws SQLException {
        postgres.stop();
        postgres.start();
        write();
        assertNothingOldAfterTheBound();
    }

    @Test
    void theNetworkIsFrozen() throws SQLException {
        network.begin(new FaultProxy.Frozen());
        write();
        long frozen = System.nanoTime();
        await().atMost(FROZEN.plus(PATIENCE))
                .until(() -> System.nanoTime() - frozen > FROZEN.toNanos() && !isConfirmed());
        network.end();
        assertNothingOldAfterTheBound();
    }

    @Test
    void aLargeTransactionArrives() throws SQLException {
        long heap = usedHeap();
        execute("INSERT INTO other SELECT n, 'x' FROM generate_series(1, %d) n".formatted(ROWS));
        write();
        assertNothingOldAfterTheBound();
        execute("INSERT INTO other SELECT n, repeat('x', 1 << 20) FROM generate_series(1, 20) n");
        write();
        assertNothingOldAfterTheBound();
        assertThat(usedHeap() - heap).as("additional heap").isLessThan(64 << 20);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A new slot waits for the transaction; until then, PostgreSQL answers. */
    @Test
    void aWriteTransactionStaysOpen() throws SQLException {
        try (Connection open = connect();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO other VALUES (1, 'open')");
            write();
            assertNothingOldAfterTheBound();
            execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
            await().atMost(PATIENCE)
                    .until(() -> stream().state().phase() == Phase.STARTING
                            && stream().state().detail().contains("the write transaction of process"));
            write();
            Client client = server.client();
            await().until(() -> client.cachedQuery(READ, "max-age=3600").status() == 200);
            Reply reply = client.cachedQuery(READ, "max-age=3600");
            assertThat(reply.cacheStatus()).isEqualTo("miss");
            assertThat(reply.data()).isEqualTo("[{\"n\":%d}]".formatted(written));
            open.commit();
        }
        awaitHit();
    }

    /** An open transaction keeps the log; the slot is dropped before the disk fills. */
    @Test
    void theLogIsBounded() throws SQLException {
        try (Connection open = connect();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO other VALUES (1, 'open')");
            execute("INSERT INTO other SELECT n, repeat('x', 100) FROM generate_series(1, 200000) n");
            await().atMost(PATIENCE).until(() -> stream().lagBytes() > 16 << 20);
            await().atMost(PATIENCE).until(() -> stream().state().phase() != Phase.FOLLOWING);
            open.rollback();
        }
        write();
        assertNothingOldAfterTheBound();
    }
}
