package dev.hasten.server;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.rawQuery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The effect of close(), which SIGTERM calls, on running requests and open transactions. */
@Tag("integration")
final class ShutdownTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static void awaitActive(String marker) {
        await().until(() -> POSTGRES.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                                + " AND datname = current_database() AND query LIKE '%" + marker + "%'")
                .equals("1"));
    }

    private static void nobodyIsConnected() {
        await().untilAsserted(() -> assertThat(
                        POSTGRES.value(
                                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))
                .isEqualTo("0"));
    }

    @Test
    void runningRequestFinishes() {
        TestServer server = TestServer.on(POSTGRES).with("drain_timeout", "20s").start();
        CompletableFuture<Reply> running = server.client().queryLater(rawQuery("SELECT 'finishes', pg_sleep(1)::text"));
        awaitActive("finishes");
        server.close();
        assertThat(running.join().status()).isEqualTo(200);
        nobodyIsConnected();
    }

    @Test
    void requestThatExceedsTheDrainTimeoutIsCancelled() {
        TestServer server =
                TestServer.on(POSTGRES).with("drain_timeout", "300ms").start();
        CompletableFuture<Reply> running =
                server.client().queryLater(rawQuery("SELECT 'cancelled', pg_sleep(60)::text"));
        awaitActive("cancelled");
        server.close();
        assertThat(running.join().status()).isEqualTo(503);
        assertThat(running.join().code()).isEqualTo("P6008");
        nobodyIsConnected();
    }

    @Test
    void openTransactionsAreRolledBack() {
        POSTGRES.execute("CREATE TABLE item (id int)");
        TestServer server =
                TestServer.on(POSTGRES).with("drain_timeout", "300ms").start();
        String id = server.client().startTransaction(Map.of());
        assertThat(server.client()
                        .query(id, execute("INSERT INTO item VALUES (1)"))
                        .data())
                .isEqualTo("1");
        CompletableFuture<Reply> running =
                server.client().queryLater(id, rawQuery("SELECT 'open', pg_sleep(60)::text"));
        awaitActive("open");
        server.close();
        assertThat(running.join().status()).isGreaterThanOrEqualTo(400);
        assertThat(POSTGRES.value("SELECT count(*) FROM item")).isEqualTo("0");
        nobodyIsConnected();
    }

    @Test
    void aServerThatWillStopIsNotReadyButStillAccepts() throws Exception {
        TestServer server = TestServer.on(POSTGRES).with("drain_delay", "1h").start();
        Thread closing = Thread.ofPlatform().start(server::close);
        await().until(() -> server.client().get("/ready").text().contains("stopping"));
        assertThat(server.client().get("/ready").status()).isEqualTo(503);
        assertThat(server.client().query(rawQuery("SELECT 1")).status()).isEqualTo(200);
        closing.interrupt();
        closing.join();
        nobodyIsConnected();
    }

    @Test
    void openTransactionsCanFinish() throws Exception {
        POSTGRES.execute("CREATE TABLE finished (id int)");
        TestServer server = TestServer.on(POSTGRES).with("drain_timeout", "1h").start();
        String id = server.client().startTransaction(Map.of());
        Thread closing = Thread.ofPlatform().start(server::close);
        await().until(() -> server.client().get("/ready").text().contains("stopping"));
        assertThat(server.client()
                        .query(id, execute("INSERT INTO finished VALUES (1)"))
                        .data())
                .isEqualTo("1");
        assertThat(server.client().commit(id).status()).isEqualTo(200);
        closing.join();
        assertThat(POSTGRES.value("SELECT count(*) FROM finished")).isEqualTo("1");
        nobodyIsConnected();
    }

    @Test
    void newTransactionsAreRefusedWhileOpenOnesFinish() throws Exception {
        TestServer server = TestServer.on(POSTGRES).with("drain_timeout", "1h").start();
        String open = server.client().startTransaction(Map.of("timeout", 3_600_000));
        Thread closing = Thread.ofPlatform().start(server::close);
        Reply[] refused = new Reply[1];
        await().until(() -> {
            refused[0] = server.client().post("/transaction/start", "{}");
            return refused[0].status() != 200;
        });
        assertThat(refused[0].status()).isEqualTo(503);
        assertThat(refused[0].code()).isEqualTo("P6008");
        assertThat(server.client().query(rawQuery("SELECT 1")).status()).isEqualTo(200);
        assertThat(server.client().query(open, rawQuery("SELECT 1")).status()).isEqualTo(200);
        assertThat(server.client().commit(open).status()).isEqualTo(200);
        closing.join();
        nobodyIsConnected();
    }

    @Test
    void idleServerStops() {
        TestServer server = TestServer.on(POSTGRES).start();
        server.close();
        nobodyIsConnected();
    }
}
