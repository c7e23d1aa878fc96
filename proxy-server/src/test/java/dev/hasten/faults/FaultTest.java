package dev.hasten.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.faults.FaultProxy.Cut;
import dev.hasten.faults.FaultProxy.Delayed;
import dev.hasten.faults.FaultProxy.Direction;
import dev.hasten.faults.FaultProxy.Fault;
import dev.hasten.faults.FaultProxy.Frozen;
import dev.hasten.faults.FaultProxy.HalfOpen;
import dev.hasten.faults.FaultProxy.Refused;
import dev.hasten.faults.FaultProxy.Slow;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A server survives the faults of its database and network. The property {@code hasten.faults.rounds} repeats all of
 * them, with other random numbers: {@code bin/test faults}.
 */
@Tag("integration")
@Tag("faults")
final class FaultTest {
    private static final int ROUNDS = Integer.getInteger("hasten.faults.rounds", 1);
    private static final int POOL = 4;

    private static PostgresServer postgres;
    private static FaultProxy proxy;
    private static Ledger ledger;

    @BeforeAll
    static void startPostgres() {
        // An acknowledged write must survive a crash.
        postgres = PostgresServer.stopped().with("synchronous_commit", "on").with("max_connections", "20");
        postgres.start();
        proxy = FaultProxy.to(postgres.port());
        ledger = new Ledger(postgres.port());
    }

    @AfterAll
    static void stopPostgres() {
        proxy.close();
        postgres.close();
    }

    /** What goes wrong: it begins, lasts until enough requests have seen it, and ends. */
    record Scenario(String name, Action begin, Action end) {
        static Scenario network(String name, Fault fault) {
            return new Scenario(name, () -> proxy.begin(fault), () -> proxy.end());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    interface Action {
        void run() throws Exception;
    }

    static Stream<Arguments> scenarios() {
        return Stream.iterate(1, round -> round + 1)
                .limit(ROUNDS)
                .flatMap(round -> all(new Random(round)).map(scenario -> Arguments.of(round, scenario)));
    }

    private static Stream<Scenario> all(Random random) {
        List<Connection> taken = new ArrayList<>();
        return Stream.of(
                new Scenario("restart", () -> postgres.stop(), () -> postgres.start()),
                new Scenario("immediate shutdown", () -> postgres.stopImmediately(), () -> postgres.start()),
                new Scenario("crash", () -> postgres.kill(), () -> postgres.start()),
                killedBackend(),
                new Scenario("terminated backends", FaultTest::terminateBackends, () -> {}),
                new Scenario("frozen server", () -> postgres.signalAll("STOP"), () -> postgres.signalAll("CONT")),
                new Scenario("no free slots", () -> takeAllSlots(taken), () -> giveBack(taken)),
                new Scenario("read-only database", () -> readOnly("on"), () -> readOnly("off")),
                Scenario.network("delay", new Delayed(Duration.ofMillis(10 + random.nextInt(50)))),
                Scenario.network("slow network", new Slow(10 + random.nextInt(200))),
                Scenario.network("frozen network", new Frozen()),
                Scenario.network("half-open connections", new HalfOpen()),
                Scenario.network("refused connections", new Refused()),
                Scenario.network("cut responses", new Cut(Direction.TO_HASTEN, random.nextInt(5000))),
                Scenario.network("cut statements", new Cut(Direction.TO_POSTGRES, random.nextInt(5000))));
    }

    @ParameterizedTest(name = "{1}, round {0}")
    @MethodSource("scenarios")
    void noWriteIsLostOrDoubledAndNothingStaysInUse(int round, Scenario scenario) throws Exception {
        ledger.create();
        try (TestServer server = TestServer.on("postgresql://postgres@127.0.0.1:" + proxy.port() + "/postgres")
                .with("pool.size", POOL)
                .with("limits.query_timeout", "1s")
                .with("limits.transaction_timeout", "2s")
                .start()) {
            try (Workload workload = new Workload(server.client())) {
                workload.awaitAcknowledged(30);
                scenario.begin().run();
                try {
                    workload.awaitFailedOrFinished(10, 60);
                } finally {
                    scenario.end().run();
                }
                workload.awaitAcknowledged(60);
                workload.stop();
                workload.check(ledger.rows());
            }
            assertIdle(server);
        }
    }

    /** Pools, transactions and memory are as before the first request, in Hasten and in PostgreSQL. */
    private static void assertIdle(TestServer server) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(server.server().metrics().scrape().lines())
                    .contains(
                            "hasten_pool_active_connections{database=\"default\"} 0.0",
                            "hasten_pool_waiting_requests{database=\"default\"} 0.0",
                            "hasten_transactions_open{database=\"default\"} 0.0",
                            "hasten_memory_database_bytes{database=\"default\"} 0.0");
            assertThat(server.server().runningRequests()).isZero();
            assertThat(ledger.sessions()).hasSizeLessThanOrEqualTo(POOL).containsOnly("idle");
        });
    }

    /** PostgreSQL notices the end of the process later; then it ends all sessions, and recovers. */
    private static Scenario killedBackend() {
        int[] starts = new int[1];
        return new Scenario(
                "killed backend",
                () -> {
                    starts[0] = starts();
                    PostgresServer.signal(
                            "KILL",
                            Long.parseLong(ledger.column(
                                            "SELECT pid FROM pg_stat_activity WHERE application_name = 'hasten' LIMIT 1")
                                    .getFirst()));
                },
                () -> await().until(() -> starts() > starts[0]));
    }

    private static int starts() {
        return postgres.logText().split("database system is ready to accept connections", -1).length;
    }

    private static void terminateBackends() throws SQLException {
        ledger.column("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hasten'");
    }

    /** Hasten is cut off while the slots are taken, because it would take free ones itself. */
    private static void takeAllSlots(List<Connection> taken) throws SQLException {
        proxy.begin(new Refused());
        await().until(() -> ledger.sessions().isEmpty());
        boolean free = true;
        while (free) {
            try {
                taken.add(ledger.connect());
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("53300");
                free = false;
            }
        }
        proxy.end();
    }

    private static void giveBack(List<Connection> taken) throws SQLException {
        for (Connection connection : taken) {
            connection.close();
        }
        taken.clear();
    }

    private static void readOnly(String value) throws SQLException {
        ledger.execute("ALTER SYSTEM SET default_transaction_read_only = " + value);
        ledger.execute("SELECT pg_reload_conf()");
    }
}
