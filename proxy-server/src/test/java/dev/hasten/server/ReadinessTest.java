package dev.hasten.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code /ready} reports the databases without taking their connections away from clients. */
@Tag("integration")
final class ReadinessTest {
    private static final int DATABASES = 100;

    /** PostgreSQL does not apply this limit to superusers. */
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "DROP USER IF EXISTS prober",
            "CREATE USER prober CONNECTION LIMIT 90",
            "CREATE EXTENSION pg_stat_statements");

    private static TestServer serverOfManyDatabases(String lastUser) {
        TestServer server = TestServer.on(POSTGRES, "prober").with("pool.min_idle", 0);
        for (int i = 1; i < DATABASES; i++) {
            String user = i == DATABASES - 1 ? lastUser : "prober";
            server.with("databases.db" + i + ".url", POSTGRES.url().replaceFirst("//[^@]*@", "//" + user + "@"))
                    .with("databases.db" + i + ".keys[0].name", "key")
                    .with("databases.db" + i + ".keys[0].secret", "ready-key-0123456789-abcdefghijk-" + i)
                    .with("databases.db" + i + ".pool.min_idle", 0);
        }
        return server.start();
    }

    private static int open(TestServer server) {
        return server.server().databases().values().stream()
                .mapToInt(database -> database.pool().total())
                .sum();
    }

    @Test
    void probeOfManyDatabasesTakesFewConnectionsAndKeepsNone() {
        try (TestServer server = serverOfManyDatabases("prober")) {
            assertThat(server.client().get("/ready").status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(open(server)).isZero());
            POSTGRES.execute("ALTER USER prober NOLOGIN");
            await().during(Duration.ofMillis(1200))
                    .untilAsserted(
                            () -> assertThat(server.client().get("/ready").status())
                                    .as("nobody uses them, so they are not queried again")
                                    .isEqualTo(200));
            server.client().post("/sql", "{\"query\":\"SELECT 1\",\"params\":[]}");
            await().untilAsserted(() ->
                    assertThat(server.client().get("/ready").status()).isEqualTo(503));
        } finally {
            POSTGRES.execute("ALTER USER prober LOGIN");
        }
    }

    @Test
    void serverIsNotReadyIfOneOfManyDatabasesCannotBeReached() {
        try (TestServer server = serverOfManyDatabases("nobody")) {
            assertThat(server.client().get("/ready").status()).isEqualTo(503);
            assertThat(server.client().get("/ready").text()).isEqualTo("{\"status\":\"not ready\"}");
        }
    }

    @Test
    void connectionThatClientsUseStaysOpen() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("pool.min_idle", 0)
                .with("pool.size", 1)
                .start()) {
            String backend = "{\"query\":\"SELECT pg_backend_pid() AS pid\",\"params\":[]}";
            String first = server.client().post("/sql", backend).text();
            assertThat(server.client().get("/ready").status()).isEqualTo(200);
            assertThat(server.client().post("/sql", backend).text()).isEqualTo(first);
        }
    }

    /** The route needs no key, so anybody can call it at any rate. */
    @Test
    void callsDuringOneSecondCauseOneProbe() throws InterruptedException {
        try (TestServer server = TestServer.on(POSTGRES).start();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            POSTGRES.value("SELECT pg_stat_statements_reset()");
            Callable<Integer> call = () -> server.client().get("/ready").status();
            long started = System.nanoTime();
            assertThat(callers.invokeAll(Collections.nCopies(200, call))).allMatch(reply -> reply.resultNow() == 200);
            long seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
            String probes = POSTGRES.value("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
                    + " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
                    + " AND query = 'SELECT $1'");
            assertThat(Long.parseLong(probes)).isBetween(1L, 1 + seconds);
        }
    }
}
