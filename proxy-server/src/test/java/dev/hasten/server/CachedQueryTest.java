package dev.hasten.server;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cache from a client's point of view. */
@Tag("integration")
final class CachedQueryTest {
    private static final String SQL = "SELECT \"id\", \"name\" FROM \"public\".\"item\" WHERE \"id\" = ?";
    private static final Map<String, ?> READ = read(1);
    private static final String HOUR = "max-age=3600";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE EXTENSION pg_stat_statements");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("region", "eu-west-1");

    private static final Client CLIENT = SERVER.client();

    @BeforeEach
    void createData() {
        POSTGRES.execute(
                "DROP TABLE IF EXISTS item",
                "CREATE TABLE item (id int PRIMARY KEY, name text)",
                "INSERT INTO item SELECT n, 'first ' || n FROM generate_series(1, 100) n",
                "SELECT pg_stat_statements_reset()");
    }

    @AfterEach
    void forget() {
        SERVER.database().cache().invalidateAll("test");
    }

    private static Map<String, ?> read(int id) {
        return dataMap(query(SQL, id), shape("id", field("int"), "name", field("string")));
    }

    private static void rename(String name) {
        POSTGRES.execute("UPDATE item SET name = '" + name + "' WHERE id = 1");
    }

    /** Returns the number of queries on items that PostgreSQL has run. */
    private static int reads() {
        return Integer.parseInt(POSTGRES.value("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
                + " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
                + " AND query LIKE 'SELECT%\"public\".\"item\"%'"));
    }

    @Test
    void aFreshHitHasTheSameBytesAndDoesNotReachPostgres() {
        Reply miss = CLIENT.cachedQuery(READ, HOUR);
        rename("second");
        Reply hit = CLIENT.cachedQuery(READ, HOUR);
        assertThat(miss.cacheStatus()).isEqualTo("miss");
        assertThat(hit.cacheStatus()).isEqualTo("ttl");
        assertThat(hit.text()).isEqualTo(miss.text());
        assertThat(hit.data()).isEqualTo("[{\"id\":1,\"name\":\"first 1\"}]");
        assertThat(reads()).isEqualTo(1);
    }

    @Test
    void theResponseHasAllHeadersOfTheExtension() {
        Reply miss = CLIENT.cachedQuery(READ, HOUR);
        Reply hit = CLIENT.cachedQuery(READ, HOUR);
        assertThat(hit.header("last-modified")).isEqualTo(miss.header("last-modified"));
        assertThat(hit.header("last-modified")).matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT");
        assertThat(hit.header("accelerate-signature"))
                .matches("[0-9a-f]{64}")
                .isEqualTo(miss.header("accelerate-signature"));
        assertThat(hit.header("cf-ray")).isEqualTo(hit.header("x-request-id") + "-eu_west_1");
        assertThat(hit.header("age")).matches("\\d+");
        assertThat(miss.header("age")).isEqualTo("0");
    }

    @Test
    void aRequestWithoutAStrategyHasStatusNoneAndReadsAgain() {
        CLIENT.cachedQuery(READ, HOUR);
        rename("second");
        Reply none = CLIENT.cachedQuery(READ, "no-cache");
        assertThat(none.cacheStatus()).isEqualTo("none");
        assertThat(none.data()).contains("second");
        assertThat(none.header("last-modified")).isNotNull();
        assertThat(none.header("accelerate-signature")).matches("[0-9a-f]{64}");
    }

    @Test
    void aClientWithoutTheExtensionGetsNoCacheHeaders() {
        CLIENT.cachedQuery(READ, HOUR);
        Reply plain = CLIENT.query(READ);
        assertThat(plain.headers())
                .doesNotContainKeys(
                        "accelerate-cache-status", "last-modified", "age", "cf-ray", "accelerate-signature");
    }

    @Test
    void aStaleHitIsServedDuringTheRefresh() {
        CLIENT.cachedQuery(READ, "stale-while-revalidate=3600");
        rename("second");
        Reply stale = CLIENT.cachedQuery(READ, "stale-while-revalidate=3600");
        assertThat(stale.cacheStatus()).isEqualTo("swr");
        assertThat(stale.data()).contains("first");
        await().untilAsserted(() -> {
            Reply later = CLIENT.cachedQuery(READ, "stale-while-revalidate=3600");
            assertThat(later.cacheStatus()).isEqualTo("swr");
            assertThat(later.data()).contains("second");
        });
    }

    @Test
    void anExpiredEntryIsReadAgain() {
        CLIENT.cachedQuery(READ, "max-age=1");
        rename("second");
        await().untilAsserted(() -> {
            Reply reply = CLIENT.cachedQuery(READ, "max-age=1");
            assertThat(reply.cacheStatus()).isEqualTo("miss");
            assertThat(reply.data()).contains("second");
        });
    }

    @Test
    void eachRequestsOwnTimesApply() {
        CLIENT.cachedQuery(READ, "max-age=3600,stale-while-revalidate=3600");
        assertThat(CLIENT.cachedQuery(READ, "stale-while-revalidate=60").cacheStatus())
                .isEqualTo("swr");
        assertThat(CLIENT.cachedQuery(READ, HOUR).cacheStatus()).isEqualTo("ttl");
    }

    @Test
    void otherParametersHaveAnotherEntry() {
        CLIENT.cachedQuery(READ, HOUR);
        assertThat(CLIENT.cachedQuery(read(2), HOUR).cacheStatus()).isEqualTo("miss");
        assertThat(CLIENT.cachedQuery(read(2), HOUR).data()).contains("first 2");
    }

    @Test
    void commentsWithTraceIdsDoNotPreventHits() {
        String body = Client.body(READ, Map.of());
        for (int i = 0; i < 3; i++) {
            String commented =
                    body.substring(0, body.length() - 1) + ",\"comments\":{\"traceparent\":\"00-" + i + "\"}}";
            Reply reply = CLIENT.post("/query", commented.getBytes(UTF_8), Map.of("cache-control", HOUR));
            assertThat(reply.cacheStatus()).isEqualTo(i == 0 ? "miss" : "ttl");
        }
    }

    @Test
    void capturedEventsAreOnlyReturnedToTheRequestThatRanTheQuery() {
        Map<String, String> headers = Map.of("cache-control", HOUR, "x-capture-telemetry", "tracing, query");
        byte[] body = Client.body(READ, Map.of()).getBytes(UTF_8);
        Reply miss = CLIENT.post("/query", body, headers);
        Reply hit = CLIENT.post("/query", body, headers);
        assertThat(miss.json().at("/extensions/logs")).hasSize(1);
        assertThat(hit.cacheStatus()).isEqualTo("ttl");
        assertThat(hit.json().has("extensions")).isFalse();
        assertThat(hit.data()).isEqualTo(miss.data());
    }

    @Test
    void concurrentIdenticalRequestsShareOneQuery() throws SQLException {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        try (Connection blocker = blockItems()) {
            for (int i = 0; i < 50; i++) {
                replies.add(CLIENT.cachedQueryLater(READ, HOUR));
            }
            await().until(() -> SERVER.server().runningRequests() == 50);
            blocker.rollback();
        }
        for (CompletableFuture<Reply> reply : replies) {
            assertThat(reply.join().data()).contains("first 1");
            assertThat(reply.join().cacheStatus()).isIn("miss", "ttl");
        }
        assertThat(reads()).isEqualTo(1);
    }

    @Test
    void disconnectOfTheFirstClientDoesNotAffectTheOthers() throws SQLException {
        try (Connection blocker = blockItems()) {
            CompletableFuture<Reply> first = CLIENT.cachedQueryLater(READ, HOUR);
            awaitBlockedQueries(1);
            CompletableFuture<Reply> second = CLIENT.cachedQueryLater(READ, HOUR);
            await().until(() -> SERVER.server().runningRequests() == 2);
            first.cancel(true);
            blocker.rollback();
            assertThat(second.join().data()).contains("first 1");
        }
        assertThat(reads()).isEqualTo(1);
    }

    @Test
    void theQueryIsCancelledInPostgresWhenTheLastClientDisconnects() throws SQLException {
        try (Connection blocker = blockItems()) {
            List<CompletableFuture<Reply>> replies =
                    List.of(CLIENT.cachedQueryLater(READ, HOUR), CLIENT.cachedQueryLater(READ, HOUR));
            await().until(() -> SERVER.server().runningRequests() == 2);
            awaitBlockedQueries(1);
            replies.forEach(reply -> reply.cancel(true));
            awaitBlockedQueries(0);
            blocker.rollback();
        }
    }

    private static Connection blockItems() throws SQLException {
        Connection blocker = POSTGRES.connection();
        blocker.setAutoCommit(false);
        try (Statement lock = blocker.createStatement()) {
            lock.execute("LOCK TABLE item IN ACCESS EXCLUSIVE MODE");
        }
        return blocker;
    }

    private static void awaitBlockedQueries(int count) {
        await().until(() -> POSTGRES.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '"
                                + POSTGRES.name() + "'")
                .equals(Integer.toString(count)));
    }

    @Test
    void anErrorIsNotCached() {
        POSTGRES.execute("ALTER TABLE item RENAME TO other");
        assertThat(CLIENT.cachedQuery(READ, HOUR).code()).isEqualTo("P2021");
        POSTGRES.execute("ALTER TABLE other RENAME TO item");
        assertThat(CLIENT.cachedQuery(READ, HOUR).cacheStatus()).isEqualTo("miss");
        assertThat(CLIENT.cachedQuery(READ, HOUR).cacheStatus()).isEqualTo("ttl");
    }

    @Test
    void anEmptyResultIsCachedLikeAnyOther() {
        assertThat(CLIENT.cachedQuery(read(1000), HOUR).data()).isEqualTo("[]");
        assertThat(CLIENT.cachedQuery(read(1000), HOUR).cacheStatus()).isEqualTo("ttl");
    }

    @Test
    void aTransactionNeverGetsAStoredResponse() {
        CLIENT.cachedQuery(READ, HOUR);
        rename("second");
        String id = CLIENT.startTransaction(Map.of());
        Reply inside = CLIENT.post(
                "/transaction/" + id + "/query",
                Client.body(READ, Map.of()).getBytes(UTF_8),
                Map.of("cache-control", HOUR));
        assertThat(inside.cacheStatus()).isEqualTo("none");
        assertThat(inside.data()).contains("second");
        CLIENT.rollback(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-age=x",
                "max-age=-1",
                "max-age=1.5",
                "max-age=31536001",
                "max-age=99999999999999999999",
                "max-age=",
                "stale-while-revalidate=soon",
                "max-age=60,stale-while-revalidate=-5"
            })
    void timesThatAreNotSecondsAreRejected(String cacheControl) {
        Reply reply = CLIENT.cachedQuery(READ, cacheControl);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P6005");
        assertThat(reply.error()).contains("must be a whole number of seconds from 0 to 31536000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a-b", "ä", "a,,b", "a,b,c,d,e,f"})
    void tagsThatAreNotAllowedAreRefused(String tags) {
        byte[] body = Client.body(READ, Map.of()).getBytes(UTF_8);
        Reply reply = CLIENT.post("/query", body, Map.of("cache-control", HOUR, "accelerate-cache-tags", tags));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P6005");
    }

    @Test
    void keysOfADatabaseShareResponses() {
        String other = SERVER.server()
                .keys()
                .create("other", "default", KeyScope.DEFAULT, null)
                .token();
        CLIENT.cachedQuery(READ, HOUR);
        assertThat(SERVER.clientWithKey(other).cachedQuery(READ, HOUR).cacheStatus())
                .isEqualTo("ttl");
    }

    @Test
    void aLargeResponseIsCompressedForClientsThatAcceptIt() throws Exception {
        Map<String, ?> all = dataMap(
                query("SELECT \"id\", \"name\" FROM \"public\".\"item\""),
                shape("id", field("int"), "name", field("string")));
        Reply miss = CLIENT.cachedQuery(all, HOUR);
        await().untilAsserted(() -> {
            HttpResponse<byte[]> hit = gzipQuery(all);
            assertThat(hit.headers().firstValue("content-encoding")).hasValue("gzip");
            assertThat(hit.headers().firstValue("accelerate-cache-status")).hasValue("ttl");
            try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(hit.body()))) {
                assertThat(new String(body.readAllBytes(), UTF_8)).isEqualTo(miss.text());
            }
        });
        assertThat(CLIENT.cachedQuery(all, HOUR).text()).isEqualTo(miss.text());
    }

    private static HttpResponse<byte[]> gzipQuery(Map<String, ?> plan) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://127.0.0.1:" + SERVER.server().port() + "/query"))
                            .header("Authorization", "Bearer " + TestServer.KEY)
                            .header("Content-Type", "application/json")
                            .header("Accept-Encoding", "br, gzip;q=0.8")
                            .header("Cache-Control", HOUR)
                            .POST(HttpRequest.BodyPublishers.ofString(Client.body(plan, Map.of())))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    @Test
    void cacheStatisticsAreInTheMetrics() {
        try (TestServer own = TestServer.on(POSTGRES).start()) {
            own.client().cachedQuery(READ, HOUR);
            own.client().cachedQuery(READ, HOUR);
            own.client().cachedQuery(READ, "stale-while-revalidate=1");
            own.client().query(READ);
            own.client().query(READ);
            // The metrics must survive a garbage collection: the meter registry only has weak references.
            System.gc();
            assertThat(own.server().metrics().scrape())
                    .contains("hasten_cache_requests_total{database=\"default\",status=\"miss\"} 1.0")
                    .contains("hasten_cache_requests_total{database=\"default\",status=\"ttl\"} 1.0")
                    .contains("hasten_cache_requests_total{database=\"default\",status=\"swr\"} 1.0")
                    .contains("hasten_cache_requests_total{database=\"default\",status=\"none\"} 2.0")
                    .contains("hasten_cache_limit_bytes{database=\"default\"}");
        }
    }
}
