package dev.hasten.postgres;

import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawQuery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The behaviour when all connections are in use. */
@Tag("integration")
final class PoolLimitsTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static final Map<String, ?> QUICK = query("SELECT 1 AS a");

    private static Map<String, ?> sleep(double seconds) {
        return rawQuery("SELECT pg_sleep(" + seconds + ")::text");
    }

    /** A server with many databases does not connect to those that nobody uses. */
    @Test
    void poolWithoutIdleConnectionsConnectsForTheFirstRequest() {
        try (TestServer idle = TestServer.on(POSTGRES).with("pool.min_idle", 0).start();
                TestServer usual = TestServer.on(POSTGRES).start()) {
            await().until(() -> usual.database().pool().total() == 2);
            assertThat(idle.database().pool().total()).isZero();
            assertThat(idle.client().query(QUICK).status()).isEqualTo(200);
            assertThat(idle.database().pool().total()).isEqualTo(1);
        }
    }

    @Test
    void waitThatTakesTooLongIsP2024() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.timeout", "300ms")
                .start()) {
            CompletableFuture<Reply> running = server.client().queryLater(sleep(2));
            await().until(() -> server.database().pool().active() == 1);
            Reply waited = server.client().query(QUICK);
            assertThat(waited.status()).isEqualTo(503);
            assertThat(waited.code()).isEqualTo("P2024");
            assertThat(waited.error())
                    .isEqualTo(
                            "Timed out fetching a new connection from the connection pool. More info:"
                                    + " http://pris.ly/d/connection-pool (Current connection pool timeout: 1, connection limit: 1)");
            assertThat(waited.json().at("/meta/connection_limit").intValue()).isEqualTo(1);
            assertThat(waited.json().at("/meta/timeout").intValue()).isEqualTo(1);
            assertThat(running.join().status()).isEqualTo(200);
            assertThat(server.client().query(QUICK).status()).isEqualTo(200);
        }
    }

    @Test
    void requestThatReachesItsTimeLimitWhileItWaitsIsP2024AndNoSlowQuery() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("limits.max_transactions", 1)
                .with("limits.query_timeout", "500ms")
                .start()) {
            String open = server.client().startTransaction(Map.of());
            Reply waited = server.client().query(QUICK);
            Reply sql = server.client().post("/sql", "{\"query\":\"SELECT 1\"}");
            assertThat(waited.status()).isEqualTo(503);
            assertThat(waited.code()).isEqualTo("P2024");
            assertThat(sql.status()).isEqualTo(503);
            assertThat(server.server().metrics().scrape()).doesNotContain("hasten_statement_duration_seconds_count{");
            server.client().rollback(open);
        }
    }

    @Test
    void requestIsRejectedAtOnceIfTheQueueIsFull() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.max_waiting", 2)
                .start()) {
            List<CompletableFuture<Reply>> accepted = new ArrayList<>();
            accepted.add(server.client().queryLater(sleep(1)));
            await().until(() -> server.database().pool().active() == 1);
            accepted.add(server.client().queryLater(QUICK));
            accepted.add(server.client().queryLater(QUICK));
            await().until(() -> server.database().pool().waiting() == 2);
            Reply refused = server.client().query(QUICK);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("P5011");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(accepted.getFirst().isDone()).isFalse();
            accepted.forEach(reply -> assertThat(reply.join().status()).isEqualTo(200));
            assertThat(server.database().pool().waiting()).isZero();
        }
    }

    @Test
    void withoutAQueueNoRequestWaits() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.max_waiting", 0)
                .start()) {
            CompletableFuture<Reply> running = server.client().queryLater(sleep(1));
            await().until(() -> server.database().pool().active() == 1);
            assertThat(server.client().query(QUICK).status()).isEqualTo(429);
            assertThat(running.join().status()).isEqualTo(200);
            assertThat(server.client().query(QUICK).status()).isEqualTo(200);
        }
    }

    @Test
    void openTransactionsLeaveRoomForQueries() {
        try (TestServer server = TestServer.on(POSTGRES).with("pool.size", 3).start()) {
            String open = server.client().startTransaction(Map.of());
            Reply second = server.client().post("/transaction/start", "{\"maxWait\":200}");
            assertThat(second.status()).isEqualTo(409);
            assertThat(second.code()).isEqualTo("P2028");
            assertThat(second.error())
                    .isEqualTo("Transaction API error: Unable to start a transaction in the given time.");
            assertThat(server.client().query(QUICK).status()).isEqualTo(200);
            server.client().rollback(open);
            server.client().rollback(server.client().startTransaction(Map.of()));
        }
    }

    @Test
    void waitingStartGetsTheSlotOfAnEndedTransaction() {
        try (TestServer server = TestServer.on(POSTGRES).with("pool.size", 3).start()) {
            String open = server.client().startTransaction(Map.of());
            CompletableFuture<Reply> waiting = server.client().postLater("/transaction/start", "{\"maxWait\":9000}");
            assertThat(server.client().query(open, QUICK).status()).isEqualTo(200);
            assertThat(waiting.isDone()).isFalse();
            server.client().commit(open);
            assertThat(waiting.join().status()).isEqualTo(200);
            server.client().rollback(waiting.join().json().get("id").stringValue());
        }
    }

    @Test
    void disconnectWhileWaitingForATransactionLeavesNothingOpen() {
        try (TestServer server = TestServer.on(POSTGRES).with("pool.size", 3).start()) {
            String open = server.client().startTransaction(Map.of());
            CompletableFuture<Reply> waiting = server.client().postLater("/transaction/start", "{\"maxWait\":9000}");
            await().until(() -> server.server().runningRequests() == 1);
            waiting.cancel(true);
            await().until(() -> server.server().runningRequests() == 0);
            server.client().rollback(open);
            assertThat(server.database().transactions().openCount()).isZero();
            server.client().rollback(server.client().startTransaction(Map.of()));
        }
    }

    @Test
    void cancellationsAreCounted() {
        try (TestServer server =
                TestServer.on(POSTGRES).with("limits.query_timeout", "300ms").start()) {
            server.client().query(sleep(60));
            assertThat(server.server().metrics().scrape())
                    .contains("hasten_statement_cancellations_total{database=\"default\",reason=\"timeout\"} 1.0");
        }
    }
}
