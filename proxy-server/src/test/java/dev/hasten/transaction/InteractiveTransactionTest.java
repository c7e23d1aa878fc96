package dev.hasten.transaction;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interactive transactions from a client's point of view. */
@Tag("integration")
@Tag("postgres-version")
final class InteractiveTransactionTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY, n int)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static final Client CLIENT = SERVER.client();

    @BeforeEach
    void empty() {
        POSTGRES.execute("TRUNCATE item", "INSERT INTO item VALUES (1, 0)");
    }

    @AfterEach
    void everythingIsReleased() {
        await().untilAsserted(() ->
                assertThat(SERVER.database().transactions().openCount()).isZero());
        await().untilAsserted(
                        () -> assertThat(SERVER.database().pool().active()).isZero());
    }

    private static Client clientWith(KeyScope... scopes) {
        return SERVER.clientWithKey(SERVER.server()
                .keys()
                .create("another", "default", Set.of(scopes), null)
                .token());
    }

    @Test
    void transactionIsOnlyVisibleToTheKeyThatOpenedIt() {
        Client another = clientWith(KeyScope.PRISMA);
        String id = begin();
        CLIENT.query(id, rawExecute("INSERT INTO item VALUES (2, 0)"));
        Reply unknown = another.query("00000000-0000-0000-0000-000000000000", rawQuery("SELECT 1"));
        for (Reply reply : List.of(
                another.query(id, rawExecute("INSERT INTO item VALUES (3, 0)")),
                another.post("/transaction/start", "{\"newTxId\":\"%s\"}".formatted(id)),
                another.commit(id),
                another.rollback(id))) {
            assertThat(reply.status()).isEqualTo(unknown.status());
            assertThat(reply.code()).isEqualTo(unknown.code());
            assertThat(reply.error()).isEqualTo(unknown.error());
        }
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        // Other keys also cannot see its outcome.
        assertThat(another.commit(id).error()).isEqualTo(unknown.error());
        assertThat(count()).isEqualTo("2");
    }

    private static String count() {
        return POSTGRES.value("SELECT count(*) FROM item");
    }

    private static String begin(Object... options) {
        return CLIENT.startTransaction(object(options));
    }

    private static Map<String, ?> insert(int id) {
        return execute("INSERT INTO item VALUES (" + id + ", 0)");
    }

    @Test
    void startReturnsTheIdInBodyAndHeader() {
        Reply reply = CLIENT.post("/transaction/start", "{}");
        String id = reply.json().get("id").stringValue();
        assertThat(reply.header("Prisma-Transaction-Id")).isEqualTo(id);
        assertThat(CLIENT.rollback(id).text()).isEqualTo("{}");
    }

    @Test
    void startNeedsNoBody() {
        Reply reply = CLIENT.post("/transaction/start", "");
        assertThat(reply.status()).isEqualTo(200);
        CLIENT.rollback(reply.json().get("id").stringValue());
    }

    @Test
    void othersSeeNothingBeforeTheCommit() {
        String id = begin();
        assertThat(CLIENT.query(id, insert(2)).data()).isEqualTo("1");
        assertThat(CLIENT.query(id, query("SELECT count(*)::int AS n FROM item"))
                        .data())
                .isEqualTo("[{\"n\":2}]");
        assertThat(count()).isEqualTo("1");
        assertThat(CLIENT.commit(id).text()).isEqualTo("{}");
        assertThat(count()).isEqualTo("2");
    }

    @Test
    void rollbackDiscardsEverything() {
        String id = begin();
        CLIENT.query(id, insert(2));
        assertThat(CLIENT.rollback(id).text()).isEqualTo("{}");
        assertThat(count()).isEqualTo("1");
    }

    @Test
    void unusedTransactionCommits() {
        assertThat(CLIENT.commit(begin()).text()).isEqualTo("{}");
        assertThat(CLIENT.rollback(begin()).text()).isEqualTo("{}");
    }

    @Test
    void transactionNodeRunsInTheOpenTransaction() {
        String id = begin();
        assertThat(CLIENT.query(id, transaction(insert(2))).data()).isEqualTo("1");
        CLIENT.rollback(id);
        assertThat(count()).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "READ UNCOMMITTED,read uncommitted",
        "READ COMMITTED,read committed",
        "REPEATABLE READ,repeatable read",
        "SERIALIZABLE,serializable"
    })
    void isolationLevelIsTheRequestedOne(String asked, String shown) {
        String id = begin("isolationLevel", asked);
        assertThat(CLIENT.query(id, query("SHOW transaction_isolation")).data())
                .isEqualTo("[{\"transaction_isolation\":\"" + shown + "\"}]");
        CLIENT.rollback(id);
    }

    @Test
    void isolationLevelAppliesIfTheFirstRequestHasSeveralStatements() {
        String id = begin("isolationLevel", "SERIALIZABLE");
        CLIENT.query(id, rawExecute("SELECT 1; SELECT 2"));
        Reply shown = CLIENT.query(id, query("SHOW transaction_isolation"));
        CLIENT.rollback(id);
        assertThat(shown.data()).isEqualTo("[{\"transaction_isolation\":\"serializable\"}]");
    }

    @Test
    void isolationLevelAppliesIfASavepointComesFirst() {
        String id = begin("isolationLevel", "SERIALIZABLE");
        CLIENT.post("/transaction/start", "{\"newTxId\":\"" + id + "\"}");
        Reply shown = CLIENT.query(id, query("SHOW transaction_isolation"));
        CLIENT.rollback(id);
        CLIENT.rollback(id);
        assertThat(shown.data()).isEqualTo("[{\"transaction_isolation\":\"serializable\"}]");
    }

    @Test
    void severalStatementsBelongToTheTransaction() {
        String id = begin();
        CLIENT.query(id, rawExecute("INSERT INTO item VALUES (2, 0); INSERT INTO item VALUES (3, 0)"));
        CLIENT.rollback(id);
        assertThat(count()).isEqualTo("1");
    }

    @Test
    void isolationLevelOfOtherDatabasesIsRefused() {
        Reply reply = CLIENT.post("/transaction/start", "{\"isolationLevel\":\"SNAPSHOT\"}");
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.error()).isEqualTo("Transaction API error: Invalid isolation level: SNAPSHOT");
        assertThat(CLIENT.post("/transaction/start", "{\"isolationLevel\":\"READ COMMITTED; DROP TABLE item\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void closedTransactionsAreRememberedWithHowTheyEnded() {
        String committed = begin();
        CLIENT.commit(committed);
        assertThat(CLIENT.query(committed, query("SELECT 1")).error())
                .isEqualTo(
                        "Transaction API error: Transaction already closed: A query cannot be executed on a committed"
                                + " transaction.");
        assertThat(CLIENT.commit(committed).error())
                .isEqualTo(
                        "Transaction API error: Transaction already closed: A commit cannot be executed on a committed"
                                + " transaction.");
        String rolledBack = begin();
        CLIENT.rollback(rolledBack);
        Reply late = CLIENT.query(rolledBack, query("SELECT 1"));
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.code()).isEqualTo("P2028");
        assertThat(late.error())
                .isEqualTo(
                        "Transaction API error: Transaction already closed: A query cannot be executed on a transaction"
                                + " that was rolled back.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "00000000-0000-0000-0000-000000000000", "%00", "a%2Fb", "%F0%9F%92%A9"})
    void unknownTransactionIsNotFound(String id) {
        for (String call : List.of("query", "commit", "rollback")) {
            Reply reply = CLIENT.post("/transaction/" + id + "/" + call, Client.body(query("SELECT 1"), Map.of()));
            assertThat(reply.status()).isEqualTo(409);
            assertThat(reply.code()).isEqualTo("P2028");
            assertThat(reply.error())
                    .isEqualTo(
                            "Transaction API error: Transaction not found. Transaction ID is invalid, refers to an old"
                                    + " closed transaction Prisma doesn't have information about anymore, or was obtained before"
                                    + " disconnecting.");
        }
    }

    @Test
    void expiryRollsBackAndIsReported() {
        String id = begin("timeout", 100);
        CLIENT.query(id, insert(2));
        await().untilAsserted(() ->
                assertThat(SERVER.database().transactions().openCount()).isZero());
        for (String call : List.of("query", "commit", "rollback")) {
            Reply late = CLIENT.post("/transaction/" + id + "/" + call, Client.body(query("SELECT 1"), Map.of()));
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.code()).isEqualTo("P2028");
            assertThat(late.error())
                    .matches("Transaction API error: A " + call
                            + " cannot be executed on an expired transaction. The timeout"
                            + " for this transaction was 100 ms, however \\d+ ms passed since the start of the transaction."
                            + " Consider increasing the interactive transaction timeout or doing less work in the"
                            + " transaction.");
            assertThat(late.json().at("/meta/operation").stringValue()).isEqualTo(call);
            assertThat(late.json().at("/meta/timeout").intValue()).isEqualTo(100);
        }
        assertThat(count()).isEqualTo("1");
    }

    @Test
    void expiryCancelsTheRunningStatement() {
        String id = begin("timeout", 300);
        Reply reply = CLIENT.query(id, rawQuery("SELECT 'expires', pg_sleep(60)"));
        assertThat(reply.code()).isEqualTo("P2028");
        assertThat(reply.error()).contains("A query cannot be executed on an expired transaction");
        await().untilAsserted(() -> assertThat(
                        POSTGRES.value(
                                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT ''expires%' AND state = 'active'"))
                .isEqualTo("0"));
    }

    @Test
    void waitingCallsDoNotRunAfterTheExpiry() {
        String id = begin("timeout", 500);
        CLIENT.query(id, query("SELECT 1"));
        CompletableFuture<Reply> running = CLIENT.queryLater(id, rawQuery("SELECT pg_sleep(60)::text"));
        await().until(() -> POSTGRES.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)::text'"
                                + " AND state = 'active'")
                .equals("1"));
        List<CompletableFuture<Reply>> waiting = new ArrayList<>();
        for (int i = 2; i < 6; i++) {
            waiting.add(CLIENT.queryLater(id, insert(i)));
        }
        waiting.add(CLIENT.postLater("/transaction/" + id + "/commit", ""));
        assertThat(running.join().error()).contains("expired transaction");
        for (CompletableFuture<Reply> reply : waiting) {
            assertThat(reply.join().error()).contains("expired transaction");
        }
        assertThat(count()).isEqualTo("1");
    }

    @Test
    void transactionThatExpiresAtOnceIsNotLeaked() {
        String id = "";
        for (int i = 0; i < 1500; i++) {
            Reply reply = CLIENT.post("/transaction/start", "{\"timeout\":0.001}");
            // Once all transactions of the limit have leaked, this is a 409 with "Unable to start a transaction".
            assertThat(reply.status()).as("start %d: %s", i, reply).isEqualTo(200);
            id = reply.json().get("id").stringValue();
        }
        everythingIsReleased();
        assertThat(
                        POSTGRES.value(
                                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"))
                .isEqualTo("0");
        assertThat(CLIENT.commit(id).error()).contains("A commit cannot be executed on an expired transaction.");
        // None of them still takes a place in the limit.
        List<String> all = new ArrayList<>();
        int limit = SERVER.server().config().databases().get("default").maxTransactions();
        for (int i = 0; i < limit; i++) {
            all.add(begin());
        }
        all.forEach(CLIENT::rollback);
    }

    @Test
    void commitOfAFailedTransactionIsRefused() {
        String id = begin();
        CLIENT.query(id, insert(2));
        assertThat(CLIENT.query(id, insert(1)).code()).isEqualTo("P2002");
        Reply aborted = CLIENT.query(id, query("SELECT 1"));
        assertThat(aborted.error()).contains("25P02");
        Reply commit = CLIENT.commit(id);
        assertThat(commit.status()).isEqualTo(409);
        assertThat(commit.code()).isEqualTo("P2028");
        assertThat(count()).isEqualTo("1");
    }

    @Test
    void failedCommitIsAnErrorAndWritesNothing() {
        POSTGRES.execute("CREATE TABLE IF NOT EXISTS child (item int REFERENCES item DEFERRABLE INITIALLY DEFERRED)");
        try {
            String id = begin();
            assertThat(CLIENT.query(id, execute("INSERT INTO child VALUES (99)"))
                            .data())
                    .isEqualTo("1");
            Reply commit = CLIENT.commit(id);
            assertThat(commit.code()).isEqualTo("P2003");
            assertThat(CLIENT.rollback(id).error()).contains("was rolled back");
            assertThat(POSTGRES.value("SELECT count(*) FROM child")).isEqualTo("0");
        } finally {
            POSTGRES.execute("DROP TABLE child");
        }
    }

    @Test
    void rawCommitEndsTheTransaction() {
        String id = begin();
        CLIENT.query(id, insert(2));
        CLIENT.query(id, rawExecute("COMMIT"));
        assertThat(count()).isEqualTo("2");
        Reply late = CLIENT.query(id, insert(3));
        assertThat(late.code()).isEqualTo("P2028");
        assertThat(count()).isEqualTo("2");
    }

    @Test
    void rawRollbackIsNotReportedAsCommit() {
        String id = begin();
        CLIENT.query(id, insert(2));
        CLIENT.query(id, rawExecute("ROLLBACK"));
        Reply commit = CLIENT.commit(id);
        assertThat(count()).isEqualTo("1");
        assertThat(commit.code()).isEqualTo("P2028");
        assertThat(commit.error()).doesNotContain("committed transaction");
    }

    @Test
    void statementRejectedBeforeItIsSentLeavesTheTransactionOpen() {
        String id = begin();
        Object[] values = new Object[70_000];
        java.util.Arrays.fill(values, 1);
        Reply refused = CLIENT.query(id, rawQuery("SELECT 1", values));
        assertThat(refused.code()).isEqualTo("P2029");
        Reply inserted = CLIENT.query(id, insert(2));
        Reply committed = CLIENT.commit(id);
        assertThat(inserted.status()).as(inserted.toString()).isEqualTo(200);
        assertThat(committed.status()).isEqualTo(200);
        assertThat(count()).isEqualTo("2");
    }

    @Test
    void nestedTransactionIsASavepoint() {
        String id = begin();
        CLIENT.query(id, insert(2));
        Reply nested = CLIENT.post("/transaction/start", "{\"newTxId\":\"" + id + "\"}");
        assertThat(nested.json().get("id").stringValue()).isEqualTo(id);
        CLIENT.query(id, insert(3));
        assertThat(CLIENT.post("/transaction/start", "{\"newTxId\":\"" + id + "\"}")
                        .status())
                .isEqualTo(200);
        CLIENT.query(id, insert(4));
        assertThat(CLIENT.rollback(id).status()).isEqualTo(200);
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        assertThat(count()).isEqualTo("1");
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        assertThat(POSTGRES.column("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "3");
    }

    @Test
    void rollbackOfANestedTransactionRecoversFromAFailure() {
        String id = begin();
        CLIENT.query(id, insert(2));
        CLIENT.post("/transaction/start", "{\"newTxId\":\"" + id + "\"}");
        assertThat(CLIENT.query(id, insert(1)).code()).isEqualTo("P2002");
        assertThat(CLIENT.rollback(id).status()).isEqualTo(200);
        assertThat(CLIENT.query(id, insert(3)).data()).isEqualTo("1");
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        assertThat(POSTGRES.column("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "3");
    }

    @Test
    void nestedStartInAnUnknownTransactionIsRefused() {
        Reply reply = CLIENT.post("/transaction/start", "{\"newTxId\":\"nothing\"}");
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.error()).contains("Transaction not found");
    }

    @ParameterizedTest
    @CsvSource({
        "timeout, 0",
        "timeout, -1",
        "timeout, 1e12",
        "maxWait, 0",
        "maxWait, -5",
    })
    void timesOutOfRangeAreRefused(String name, String value) {
        Reply reply = CLIENT.post("/transaction/start", "{\"" + name + "\":" + value + "}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P6005");
        assertThat(reply.error()).contains("`" + name + "`");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"timeout\":\"5\"}",
                "{\"maxWait\":[]}",
                "{\"isolationLevel\":1}",
                "{\"newTxId\":{}}",
                "[]",
                "1",
                "{}{}",
                "{"
            })
    void bodyOfAnotherShapeIsRefused(String body) {
        Reply reply = CLIENT.post("/transaction/start", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P6000");
        assertThat(reply.error()).startsWith("Invalid request body");
    }

    @Test
    void callsOnOneTransactionRunOneAfterTheOther() {
        String id = begin();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        // Concurrent use of the connection would show as lost updates or swapped responses.
        for (int i = 0; i < 60; i++) {
            int own = i;
            replies.add(CompletableFuture.supplyAsync(() -> CLIENT.query(
                            id,
                            seq(
                                    execute("UPDATE item SET n = n + 1 WHERE id = 1"),
                                    rawQuery("SELECT " + own + " AS own"))))
                    .thenApply(reply -> {
                        assertThat(reply.data()).contains("\"rows\":[[" + own + "]]");
                        return reply;
                    }));
        }
        replies.forEach(CompletableFuture::join);
        CLIENT.commit(id);
        assertThat(POSTGRES.value("SELECT n FROM item WHERE id = 1")).isEqualTo("60");
    }

    @Test
    void racingCommitsAndRollbacksHaveOneWinner() {
        for (int round = 0; round < 30; round++) {
            String id = begin();
            CLIENT.query(id, insert(100 + round));
            List<CompletableFuture<Reply>> ends = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ends.add(CLIENT.postLater("/transaction/" + id + "/" + (i % 2 == 0 ? "commit" : "rollback"), ""));
            }
            List<Integer> statuses =
                    ends.stream().map(end -> end.join().status()).toList();
            assertThat(statuses).containsOnlyOnce(200);
            assertThat(statuses).allMatch(status -> status == 200 || status == 409);
            boolean committed =
                    ends.get(0).join().status() == 200 || ends.get(2).join().status() == 200;
            assertThat(POSTGRES.value("SELECT count(*) FROM item WHERE id = " + (100 + round)))
                    .isEqualTo(committed ? "1" : "0");
        }
    }

    @Test
    void transactionIsLostWithItsConnection() {
        String id = begin();
        CLIENT.query(id, insert(2));
        String pid = CLIENT.query(id, rawQuery("SELECT pg_backend_pid()::text"))
                .json()
                .at("/data/rows/0/0")
                .stringValue();
        POSTGRES.value("SELECT pg_terminate_backend(" + pid + ")");
        Reply lost = CLIENT.query(id, insert(3));
        assertThat(lost.status()).isGreaterThanOrEqualTo(400);
        assertThat(CLIENT.commit(id).code()).isEqualTo("P2028");
        assertThat(CLIENT.rollback(id).status()).isEqualTo(200);
        assertThat(count()).isEqualTo("1");
        assertThat(CLIENT.query(query("SELECT 1 AS a")).data()).isEqualTo("[{\"a\":1}]");
    }

    @Test
    void connectionTerminatedDuringTheCommitIsAnError() {
        POSTGRES.execute(
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END'",
                "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE"
                        + " FUNCTION slow()");
        try {
            String id = begin();
            CLIENT.query(id, insert(2));
            String pid = CLIENT.query(id, rawQuery("SELECT pg_backend_pid()::text"))
                    .json()
                    .at("/data/rows/0/0")
                    .stringValue();
            CompletableFuture<Reply> commit = CLIENT.postLater("/transaction/" + id + "/commit", "");
            await().until(() -> POSTGRES.value("SELECT wait_event FROM pg_stat_activity WHERE pid = " + pid)
                    .equals("PgSleep"));
            POSTGRES.value("SELECT pg_terminate_backend(" + pid + ")");
            assertThat(commit.join().status()).isGreaterThanOrEqualTo(400);
            assertThat(CLIENT.query(id, query("SELECT 1")).code()).isEqualTo("P2028");
        } finally {
            POSTGRES.execute("DROP TRIGGER slow ON item", "DROP FUNCTION slow");
        }
        assertThat(count()).isEqualTo("1");
    }
}
