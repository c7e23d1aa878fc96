package dev.hasten.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.faults.FaultProxy.Refused;
import dev.hasten.testing.ForkedServer;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database continues elsewhere, and Hasten follows it without a restart. */
@Tag("integration")
@Tag("faults")
final class FailoverTest {
    private static final int POOL = 4;

    private static void assertIdle(Ledger ledger) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<String> sessions = ledger.sessions();
            assertThat(sessions).hasSizeLessThanOrEqualTo(POOL).containsOnly("idle");
        });
    }

    @Test
    void promotedStandbyGetsTheConnectionsAndHasAllAcknowledgedWrites() throws SQLException {
        try (PostgresServer primary = PostgresServer.stopped().with("synchronous_commit", "on")) {
            primary.start();
            new Ledger(primary.port()).create();
            primary.stop();
            try (PostgresServer standby = primary.standby()) {
                primary.with("synchronous_standby_names", "*").start();
                standby.start();
                Ledger ledger = new Ledger(standby.port());
                String hosts = "127.0.0.1:" + primary.port() + ",127.0.0.1:" + standby.port();
                try (TestServer server = TestServer.on(
                                        "postgresql://postgres@" + hosts + "/postgres?target_session_attrs=primary")
                                .with("pool.size", POOL)
                                .with("limits.query_timeout", "5s")
                                .start();
                        Workload workload = new Workload(server.client())) {
                    workload.awaitAcknowledged(30);
                    primary.kill();
                    workload.awaitFailedOrFinished(10, 60);
                    ledger.execute("SELECT pg_promote()");
                    workload.awaitAcknowledged(60);
                    workload.stop();
                    workload.check(ledger.rows());
                    assertIdle(ledger);
                }
            }
        }
    }

    @Test
    void hostNameThatGetsAnotherAddressIsResolvedAgain(@TempDir Path directory) throws Exception {
        try (PostgresServer postgres = PostgresServer.started();
                FaultProxy old = FaultProxy.to(postgres.port());
                FaultProxy replacement = FaultProxy.at("127.0.0.2", old.port(), postgres.port())) {
            Ledger ledger = new Ledger(postgres.port());
            ledger.create();
            Path hosts = directory.resolve("hosts");
            Files.writeString(hosts, "127.0.0.1 db.test\n");
            String yaml = """
                    databases:
                      default:
                        url: postgresql://postgres@db.test:%d/postgres
                        pool: {size: %d}
                        keys: [{name: app, secret: %s}]
                    """.formatted(old.port(), POOL, TestServer.KEY);
            try (ForkedServer server = ForkedServer.start(yaml, "-Djdk.net.hosts.file=" + hosts);
                    Workload workload = new Workload(server.client(TestServer.KEY))) {
                workload.awaitAcknowledged(30);
                Files.writeString(hosts, "127.0.0.2 db.test\n");
                old.begin(new Refused());
                workload.awaitFailedOrFinished(10, 60);
                workload.awaitAcknowledged(60);
                workload.stop();
                workload.check(ledger.rows());
                assertIdle(ledger);
            }
            assertThat(replacement.port()).isEqualTo(old.port());
        }
    }
}
