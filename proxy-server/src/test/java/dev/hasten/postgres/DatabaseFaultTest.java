package dev.hasten.postgres;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.rawQuery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that is down, starts, is killed or freezes. */
@Tag("integration")
@Tag("postgres-version")
final class DatabaseFaultTest {
    private static final Map<String, ?> QUICK = query("SELECT 1 AS a");
    private static final Map<String, ?> PID = rawQuery("SELECT pg_backend_pid()::text");

    @AutoClose
    private static final PostgresServer POSTGRES = PostgresServer.stopped();

    @BeforeEach
    void start() {
        POSTGRES.start();
    }

    private static TestServer server() {
        return TestServer.on(POSTGRES.url("postgres"));
    }

    private static long pid(Reply reply) {
        return Long.parseLong(reply.json().at("/data/rows/0/0").stringValue());
    }

    private static void awaitRecovery(TestServer server) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> assertThat(server.client().query(QUICK).status()).isEqualTo(200));
    }

    @Test
    void databaseThatIsDownAtStartIsP1001UntilItIsAvailable() {
        POSTGRES.stop();
        try (TestServer server = server().start()) {
            assertThat(server.client().get("/health").status()).isEqualTo(200);
            assertThat(server.client().get("/ready").status()).isEqualTo(503);
            Reply down = server.client().query(QUICK);
            assertThat(down.status()).isEqualTo(503);
            assertThat(down.code()).isEqualTo("P1001");
            assertThat(down.error()).isEqualTo("Can't reach database server at 127.0.0.1:" + POSTGRES.port());
            assertThat(server.client().post("/transaction/start", "{}").code()).isEqualTo("P1001");
            POSTGRES.start();
            awaitRecovery(server);
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() ->
                            assertThat(server.client().get("/ready").status()).isEqualTo(200));
        }
    }

    /** A request that had to wait for the next connection attempt would exceed its deadline of 2 s. */
    @Test
    void databaseThatHasBeenDownForAWhileIsStillP1001Quickly() {
        POSTGRES.stop();
        try (TestServer server = server().with("limits.query_timeout", "2s").start()) {
            List<String> codes = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                codes.add(server.client().query(QUICK).code());
            }
            assertThat(codes).containsOnly("P1001");
        }
    }

    @Test
    void serverRecoversFromARestartOfTheDatabase() {
        try (TestServer server = server().with("pool.size", 4).start()) {
            awaitRecovery(server);
            POSTGRES.stop();
            assertThat(server.client().query(QUICK).code()).isIn("P1001", "P1017");
            POSTGRES.start();
            awaitRecovery(server);
            for (int i = 0; i < 20; i++) {
                assertThat(server.client().query(QUICK).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void terminatedIdleConnectionIsReplacedTransparently() {
        try (TestServer server = server().with("pool.size", 2).start()) {
            for (int i = 0; i < 30; i++) {
                Reply reply = server.client().query(PID);
                assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
                terminate(pid(reply));
            }
        }
    }

    private static void terminate(long pid) {
        try (var connection = java.sql.DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + POSTGRES.port() + "/postgres", "postgres", null);
                var statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(" + pid + ", 5000)");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void connectionTerminatedWhileInUseOnlyFailsThatRequest() {
        try (TestServer server = server().with("pool.size", 1).start()) {
            Reply own = server.client().query(rawExecute("SELECT pg_terminate_backend(pg_backend_pid())"));
            assertThat(own.status()).isEqualTo(400);
            assertThat(own.code()).isEqualTo("P2010");
            assertThat(own.error()).contains("57P01");
            assertThat(server.client().query(QUICK).status()).isEqualTo(200);
        }
    }

    @Test
    void killedBackendFailsAllRunningRequests() {
        try (TestServer server = server().with("pool.size", 2).start()) {
            server.client().query(execute("CREATE TABLE killed (id int)"));
            long pid = pid(server.client().query(PID));
            CompletableFuture<Reply> first = server.client()
                    .queryLater(dev.hasten.testing.Plans.seq(
                            execute("INSERT INTO killed VALUES (1)"), rawQuery("SELECT pg_sleep(30)::text")));
            CompletableFuture<Reply> second = server.client().queryLater(rawQuery("SELECT pg_sleep(30)::text"));
            await().until(() -> server.database().pool().active() == 2);
            PostgresServer.signal("KILL", pid);
            assertThat(first.join().status()).isGreaterThanOrEqualTo(400);
            assertThat(second.join().status()).isGreaterThanOrEqualTo(400);
            awaitRecovery(server);
            server.client().query(execute("DROP TABLE killed"));
        }
    }

    @Test
    void frozenBackendDoesNotHoldItsRequestBeyondTheDeadline() {
        try (TestServer server =
                server().with("pool.size", 1).with("limits.query_timeout", "1s").start()) {
            long pid = pid(server.client().query(PID));
            PostgresServer.signal("STOP", pid);
            try {
                assertThat(server.client().query(QUICK).code()).isEqualTo("P6004");
                assertThat(server.client().query(QUICK).status()).isEqualTo(200);
            } finally {
                PostgresServer.signal("CONT", pid);
            }
        }
    }

    private static void withFrozenServer(Runnable test) {
        POSTGRES.signalAll("STOP");
        try {
            test.run();
        } finally {
            POSTGRES.signalAll("CONT");
        }
    }

    private static void isOutage(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("P1001");
    }

    @Test
    void statementOnAServerThatFreezesIsAnOutage() {
        try (TestServer server = server().with("limits.query_timeout", "1s").start()) {
            server.client().query(QUICK);
            CompletableFuture<Reply> running = server.client().queryLater(rawQuery("SELECT pg_sleep(30)::text"));
            await().until(() -> server.database().pool().active() == 1);
            withFrozenServer(() -> isOutage(running.join()));
        }
    }

    @Test
    void queryToAFrozenServerIsAnOutage() {
        try (TestServer server = server().with("limits.query_timeout", "4s").start()) {
            server.client().query(QUICK);
            withFrozenServer(() -> {
                // HikariCP does not validate connections that were used in the last half second.
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                isOutage(server.client().query(QUICK));
            });
        }
    }

    @Test
    void unresponsiveConnectionsCostTheNextQueryOnlyOneWait() {
        try (TestServer server =
                server().with("pool.size", 7).with("limits.query_timeout", "4s").start()) {
            List<String> transactions = new ArrayList<>();
            List<Long> pids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String id = server.client().startTransaction(Map.of());
                pids.add(pid(server.client().query(id, PID)));
                transactions.add(id);
            }
            transactions.forEach(server.client()::rollback);
            pids.forEach(pid -> PostgresServer.signal("STOP", pid));
            try {
                // HikariCP does not validate connections that were used in the last half second.
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                assertThat(server.client().query(QUICK).status()).isEqualTo(200);
            } finally {
                pids.forEach(pid -> PostgresServer.signal("CONT", pid));
            }
        }
    }

    @Test
    void transactionWaitsAtMostMaxWaitForASlotOfPostgres() {
        try (TestServer setup = server().start()) {
            setup.client().query(execute("DROP ROLE IF EXISTS one_slot"));
            setup.client().query(execute("CREATE ROLE one_slot LOGIN CONNECTION LIMIT 1"));
        }
        try (TestServer server = TestServer.on(POSTGRES.url("postgres").replace("postgres@", "one_slot@"))
                .with("pool.size", 3)
                .with("limits.query_timeout", "1500ms")
                .start()) {
            server.client().startTransaction(Map.of());
            Reply second = server.client().post("/transaction/start", "{\"maxWait\":300}");
            // P6004 would mean that the request reached its time limit.
            assertThat(second.code()).isIn("P2028", "P2037");
        }
    }

    @Test
    void frozenBackendDoesNotBlockTheSlotOfAnExpiredTransaction() {
        try (TestServer server = server().with("pool.size", 3).start()) {
            String id = server.client().startTransaction(Map.of("timeout", 1000));
            long pid = pid(server.client().query(id, PID));
            PostgresServer.signal("STOP", pid);
            try {
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(
                                        server.database().transactions().openCount())
                                .isZero());
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() ->
                                assertThat(server.database().pool().active()).isZero());
            } finally {
                PostgresServer.signal("CONT", pid);
            }
        }
    }

    @Test
    void isolationLevelIsSentWithoutASecondBegin() {
        try (TestServer server = server().start()) {
            String id = server.client().startTransaction(Map.of("isolationLevel", "SERIALIZABLE"));
            assertThat(server.client().query(id, QUICK).status()).isEqualTo(200);
            server.client().rollback(id);
            assertThat(POSTGRES.logText().contains("there is already a transaction in progress"))
                    .isFalse();
        }
    }

    @Test
    void unknownDatabaseIsP1003() {
        try (TestServer server = TestServer.on(POSTGRES.url("absent")).start()) {
            Reply reply = server.client().query(QUICK);
            assertThat(reply.code()).isEqualTo("P1003");
            assertThat(reply.error()).contains("`absent`");
        }
    }
}
