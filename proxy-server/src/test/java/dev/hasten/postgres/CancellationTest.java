package dev.hasten.postgres;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.CancelledException;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cancelled request is cancelled in PostgreSQL, without affecting other requests. */
@Tag("integration")
@Tag("postgres-version")
final class CancellationTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int)");

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.on(POSTGRES).with("pool.size", 2).with("limits.query_timeout", "2s");

    @AfterEach
    void everythingIsReleased() {
        await().untilAsserted(
                        () -> assertThat(SERVER.database().pool().active()).isZero());
        await().untilAsserted(
                        () -> assertThat(SERVER.server().runningRequests()).isZero());
    }

    private static void awaitActive(String marker, int count) {
        await().untilAsserted(() -> assertThat(POSTGRES.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                                + " AND datname = current_database() AND query LIKE '%" + marker + "%'"))
                .isEqualTo(Integer.toString(count)));
    }

    private static Map<String, ?> sleep(String marker) {
        return rawQuery("SELECT '" + marker + "', pg_sleep(60)::text");
    }

    @Test
    void deadlineCancelsInPostgres() {
        CompletableFuture<Reply> reply = SERVER.client().queryLater(sleep("deadline"));
        awaitActive("deadline", 1);
        assertThat(reply.join().status()).isEqualTo(422);
        assertThat(reply.join().code()).isEqualTo("P6004");
        assertThat(reply.join().error()).contains("2000 ms");
        awaitActive("deadline", 0);
    }

    @Test
    void deadlineAppliesToTheWholeRequest() {
        Reply reply = SERVER.client()
                .query(seq(
                        rawQuery("SELECT pg_sleep(1.2)::text"),
                        rawQuery("SELECT pg_sleep(1.2)::text"),
                        sleep("never")));
        assertThat(reply.code()).isEqualTo("P6004");
    }

    @Test
    void deadlineRollsATransactionBack() {
        Reply reply = SERVER.client().query(transaction(seq(execute("INSERT INTO item VALUES (1)"), sleep("rolled"))));
        assertThat(reply.code()).isEqualTo("P6004");
        assertThat(POSTGRES.value("SELECT count(*) FROM item")).isEqualTo("0");
    }

    @Test
    void deadlineEndsTheWaitForAConnection() {
        List<CompletableFuture<Reply>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(SERVER.client().queryLater(sleep("waiting")));
        }
        for (CompletableFuture<Reply> reply : all) {
            assertThat(reply.join().code()).isIn("P6004", "P2024");
        }
        awaitActive("waiting", 0);
    }

    @Test
    void statementThatIgnoresCancellationLosesItsConnection() {
        Reply reply = SERVER.client()
                .query(rawQuery(
                        "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;"
                                + " END LOOP; END $$"));
        assertThat(reply.code()).isEqualTo("P6004");
        assertThat(SERVER.client().query(query("SELECT 1 AS a")).data()).isEqualTo("[{\"a\":1}]");
        POSTGRES.column(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"
                        + " AND datname = current_database()");
    }

    @Test
    void disconnectCancelsInPostgres() {
        CompletableFuture<Reply> reply = SERVER.client().queryLater(sleep("disconnect"));
        awaitActive("disconnect", 1);
        reply.cancel(true);
        awaitActive("disconnect", 0);
    }

    @Test
    void disconnectEndsTheWaitForAConnection() {
        List<CompletableFuture<Reply>> running = List.of(
                SERVER.client().queryLater(rawQuery("SELECT 'busy', pg_sleep(1.5)::text")),
                SERVER.client().queryLater(rawQuery("SELECT 'busy', pg_sleep(1.5)::text")));
        awaitActive("busy", 2);
        CompletableFuture<Reply> waiting = SERVER.client().queryLater(execute("INSERT INTO item VALUES (2)"));
        await().until(() -> SERVER.database().pool().waiting() == 1);
        waiting.cancel(true);
        await().until(() -> SERVER.database().pool().waiting() == 0);
        running.forEach(reply -> assertThat(reply.join().status()).isEqualTo(200));
        assertThat(POSTGRES.value("SELECT count(*) FROM item WHERE id = 2")).isEqualTo("0");
    }

    @Test
    void connectionIsKeptAfterACancellation() {
        try (TestServer single = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("limits.query_timeout", "500ms")
                .start()) {
            Map<String, ?> pid = query("SELECT pg_backend_pid() AS pid");
            String before = single.client().query(pid).data();
            assertThat(single.client().query(sleep("kept")).code()).isEqualTo("P6004");
            assertThat(single.client().query(pid).data()).isEqualTo(before);
        }
    }

    /** Every statement has its own value; many are cancelled at random moments. */
    @Test
    void cancellationsAndResultsNeverReachAnotherStatement() throws Exception {
        int threads = 24;
        int statements = 120;
        ConnectionPool pool = SERVER.database().pool();
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService cancellers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int own = thread;
                work.add(executor.submit(() -> {
                    SplittableRandom random = new SplittableRandom(own);
                    for (int i = 0; i < statements; i++) {
                        String value = own + "." + i;
                        Cancellation cancellation = new Cancellation();
                        boolean doomed = random.nextInt(2) == 0;
                        long delay = random.nextInt(4_000_000);
                        if (doomed) {
                            var _ = cancellers.submit(() -> {
                                LockSupport.parkNanos(delay);
                                cancellation.cancel(Reason.DISCONNECT);
                            });
                        }
                        try (Lease lease = pool.lease(Duration.ofSeconds(30), cancellation)) {
                            int repeat = 1 + random.nextInt(3);
                            for (int j = 0; j < repeat; j++) {
                                StatementResult result = lease.run(
                                        ParsedStatement.of("SELECT $1::text, pg_sleep("
                                                + (random.nextInt(3) == 0 ? "0.002" : "0") + ")"),
                                        List.of(value + "." + j),
                                        StatementPolicy.TRUSTED,
                                        cancellation);
                                assertThat(result.rows().text(0, 0)).isEqualTo(value + "." + j);
                            }
                            finished.incrementAndGet();
                        } catch (CancelledException e) {
                            assertThat(doomed)
                                    .as("only requests that were cancelled fail as cancelled")
                                    .isTrue();
                            cancelled.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> future : work) {
                future.get();
            }
        }
        assertThat(cancelled.get()).isPositive();
        assertThat(finished.get()).isPositive();
        assertThat(cancelled.get() + finished.get()).isEqualTo(threads * statements);
    }

    @Test
    void racingDisconnectsDoNotAffectOtherRequests() {
        List<CompletableFuture<Reply>> kept = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Reply> reply =
                    SERVER.client().queryLater(rawQuery("SELECT " + i + ", pg_sleep(0.003)::text"));
            if (random.nextInt(3) == 0) {
                LockSupport.parkNanos(random.nextInt(3_000_000));
                reply.cancel(true);
            } else {
                int own = i;
                kept.add(reply.thenApply(response -> {
                    assertThat(response.data()).contains("\"rows\":[[" + own + ",");
                    return response;
                }));
            }
        }
        kept.forEach(CompletableFuture::join);
    }
}
