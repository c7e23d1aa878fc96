package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.admin.RunningServer.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What the person on call does: cancels, kills, pauses, drains. */
@Tag("integration")
class OperateTest {
    private static final String SLOW = "{\"query\":\"SELECT pg_sleep(60), 'secret'\",\"params\":[]}";
    private static final String FAST = "{\"query\":\"SELECT 1\",\"params\":[]}";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY)");

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.on(POSTGRES)
            .with("limits.query_timeout", "50s")
            .with("limits.transaction_timeout", "50s")
            .with("pool.size", 4)
            .with("pool.timeout", "20s");

    private static CompletableFuture<Reply> later(String path, String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return SERVER.query("POST", path, TestServer.KEY, body);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static JsonNode audit() throws Exception {
        return SERVER.admin("/audit?limit=1").json().at("/events/0");
    }

    @Test
    void aRunningRequestIsShownAndCancelled() throws Exception {
        CompletableFuture<Reply> slow = later("/sql", SLOW);
        AtomicReference<JsonNode> found = new AtomicReference<>();
        await().until(() -> {
            found.set(SERVER.admin("/requests").json().at("/requests/0"));
            return found.get().path("state").asString("").equals("in_database");
        });
        JsonNode running = found.get();
        assertThat(running.get("sql").stringValue()).isEqualTo("SELECT pg_sleep(?), ?");
        assertThat(running.get("key_name").stringValue()).isEqualTo("env");
        assertThat(running.get("query").stringValue()).isEqualTo("sql");
        assertThat(POSTGRES.value("SELECT query LIKE '%pg_sleep%' FROM pg_stat_activity WHERE pid = "
                        + running.get("backend_pid").asInt()))
                .isEqualTo("t");

        String id = running.get("id").stringValue();
        assertThat(SERVER.admin("POST", "/requests/" + id + "/cancel", null).status())
                .isEqualTo(204);
        Reply cancelled = slow.join();
        assertThat(cancelled.status()).isEqualTo(400);
        assertThat(cancelled.json().get("code").stringValue()).isEqualTo("57014");
        assertThat(cancelled.json().get("message").stringValue()).contains("cancelled by an operator");
        await().until(() -> SERVER.admin("/requests").json().get("requests").isEmpty());
        assertThat(audit().get("action").stringValue()).isEqualTo("request.cancelled");
        assertThat(SERVER.admin("POST", "/requests/" + id + "/cancel", null).status())
                .isEqualTo(404);
    }

    @Test
    void anOpenTransactionIsKilledAndItsClientIsTold() throws Exception {
        String id = SERVER.query("POST", "/transaction/start", TestServer.KEY, "{\"timeout\":40000}")
                .json()
                .get("id")
                .stringValue();
        JsonNode open = SERVER.admin("/transactions").json().at("/databases/0/transactions/0");
        assertThat(open.get("id").stringValue()).isEqualTo(id);
        assertThat(open.get("key_name").stringValue()).isEqualTo("env");
        assertThat(open.get("timeout_ms").asInt()).isEqualTo(40_000);
        assertThat(open.get("busy").asBoolean()).isFalse();

        assertThat(SERVER.admin("POST", "/transactions/" + id + "/kill", null).status())
                .isEqualTo(204);
        assertThat(SERVER.admin("/transactions").json().at("/databases/0/open").asInt())
                .isZero();
        Reply late = SERVER.query("POST", "/transaction/" + id + "/commit", TestServer.KEY, "");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().get("message").stringValue()).contains("an operator of this server has rolled it back");
        assertThat(SERVER.admin("POST", "/transactions/" + id + "/kill", null).status())
                .isEqualTo(404);
    }

    @Test
    void aPausedPoolLetsRequestsWaitUntilItIsResumed() throws Exception {
        assertThat(SERVER.admin("POST", "/pools/default/pause", null).status()).isEqualTo(204);
        CompletableFuture<Reply> waiting = later("/sql", FAST);
        await().until(() -> SERVER.admin("/pools").json().at("/pools/0/waiting").asInt() == 1);
        JsonNode pool = SERVER.admin("/pools").json().at("/pools/0");
        assertThat(pool.get("paused").asBoolean()).isTrue();
        assertThat(pool.get("active").asInt()).isZero();
        await().until(() -> SERVER.admin("/requests")
                .json()
                .at("/requests/0/state")
                .asString("")
                .equals("waiting_for_connection"));
        assertThat(waiting).isNotDone();

        assertThat(SERVER.admin("POST", "/pools/default/resume", null).status()).isEqualTo(204);
        assertThat(waiting.join().status()).isEqualTo(200);
        assertThat(SERVER.admin("/pools").json().at("/pools/0/paused").asBoolean())
                .isFalse();
        assertThat(SERVER.admin("POST", "/pools/nowhere/pause", null).status()).isEqualTo(404);
    }

    @Test
    void connectionsAreReplacedOnRequest() throws Exception {
        SERVER.query("POST", "/sql", TestServer.KEY, FAST);
        String before = pids();
        assertThat(SERVER.admin("POST", "/pools/default/evict", null).status()).isEqualTo(204);
        await().until(() -> {
            SERVER.query("POST", "/sql", TestServer.KEY, FAST);
            return !pids().isEmpty() && !pids().equals(before);
        });
    }

    private static String pids() {
        return String.valueOf(POSTGRES.value("SELECT coalesce(string_agg(pid::text, ',' ORDER BY pid), '')"
                + " FROM pg_stat_activity WHERE application_name LIKE 'hasten%' AND datname = current_database()"));
    }

    @Test
    void aDrainedServerIsNotReadyAndClosesConnections() throws Exception {
        String ready = "http://127.0.0.1:" + SERVER.server().port() + "/ready";
        await().until(() -> SERVER.send(ready, "GET", null, null).status() == 200);
        assertThat(SERVER.admin("POST", "/drain", null).status()).isEqualTo(204);
        Reply drained = SERVER.send(ready, "GET", null, null);
        assertThat(drained.status()).isEqualTo(503);
        assertThat(drained.body()).contains("draining");
        Reply answered = SERVER.query("POST", "/sql", TestServer.KEY, FAST);
        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.header("connection")).isEqualTo("close");
        assertThat(SERVER.admin("/status").json().get("draining").asBoolean()).isTrue();

        assertThat(SERVER.admin("DELETE", "/drain", null).status()).isEqualTo(204);
        assertThat(SERVER.send(ready, "GET", null, null).status()).isEqualTo(200);
    }

    @Test
    void aLogLevelChangesForSomeMinutesAndCanBeReset() throws Exception {
        String logger = "dev.hasten.postgres.ConnectionPool";
        Reply set = SERVER.admin(
                "POST", "/log/levels", "{\"logger\":\"" + logger + "\",\"level\":\"trace\",\"minutes\":5}");
        assertThat(set.status()).isEqualTo(200);
        assertThat(LoggerFactory.getLogger(logger).isTraceEnabled()).isTrue();
        assertThat(SERVER.admin("/log/levels").json().at("/temporary/0/logger").stringValue())
                .isEqualTo(logger);
        assertThat(SERVER.admin("DELETE", "/log/levels/" + logger, null).status())
                .isEqualTo(204);
        assertThat(LoggerFactory.getLogger(logger).isTraceEnabled()).isFalse();
        assertThat(SERVER.admin("DELETE", "/log/levels/" + logger, null).status())
                .isEqualTo(404);
        for (String wrong : new String[] {
            "{\"logger\":\"com.zaxxer\",\"level\":\"trace\"}",
            "{\"logger\":\"dev.hasten\",\"level\":\"loud\"}",
            "{\"logger\":\"dev.hasten\",\"level\":\"info\",\"minutes\":0}"
        }) {
            assertThat(SERVER.admin("POST", "/log/levels", wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void liveHasAPointForEachSecondAndAStreamOfThem() throws Exception {
        SERVER.query("POST", "/sql", TestServer.KEY, FAST);
        await().until(() -> SERVER.admin("/live").json().get("points").size() >= 2);
        JsonNode live = SERVER.admin("/live?window=5m").json();
        assertThat(live.get("step_ms").asInt()).isEqualTo(1000);
        assertThat(live.at("/points/0/pool_size").asInt()).isEqualTo(4);
        assertThat(SERVER.admin("/live?window=2m").status()).isEqualTo(400);
        assertThat(SERVER.events("/live/stream?window=5m", 3)).satisfies(events -> {
            assertThat(events.getFirst()).startsWith("event: points\ndata: {\"window\":\"5m\"");
            assertThat(events.get(1)).startsWith("event: more\ndata: ");
        });
    }

    @Test
    void cancellingASharedQueryCancelsItsStatement() throws Exception {
        String read = "{\"query\":\"SELECT id FROM item\",\"params\":[],\"cacheStrategy\":{\"ttl\":60}}";
        assertThat(SERVER.query("POST", "/sql", TestServer.KEY, read).status()).isEqualTo(200);
        SERVER.admin("POST", "/cache/invalidate", "{\"tags\":\"all\"}");
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE item");
            List<CompletableFuture<Reply>> clients = List.of(later("/sql", read), later("/sql", read));
            AtomicReference<JsonNode> found = new AtomicReference<>();
            await().until(() -> {
                found.set(SERVER.admin("/requests").json().get("requests"));
                return found.get().size() == 2;
            });
            await().until(() -> waitingForItem().equals("1"));
            for (JsonNode request : found.get()) {
                SERVER.admin("POST", "/requests/" + request.get("id").stringValue() + "/cancel", null);
            }
            clients.forEach(client -> assertThat(client.join().status()).isGreaterThanOrEqualTo(400));
            await().until(() -> waitingForItem().equals("0"));
            connection.rollback();
        }
        assertThat(SERVER.query("POST", "/sql", TestServer.KEY, read).status()).isEqualTo(200);
    }

    private static String waitingForItem() {
        return POSTGRES.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                + " AND query LIKE 'SELECT id FROM item%'");
    }

    @Test
    void unknownParametersAreRefusedByEveryCall() throws Exception {
        for (String path : List.of("/status?x=1", "/pools?x=1", "/keys?x=1", "/live?window=5m&window=1h")) {
            assertThat(SERVER.admin(path).status()).as(path).isEqualTo(400);
        }
        assertThat(SERVER.admin("POST", "/drain?on=false", null).status()).isEqualTo(400);
        assertThat(SERVER.admin("POST", "/insights/reset", "{\"window\":1}").body())
                .contains("This call has no body");
        assertThat(SERVER.admin("POST", "/insights/reset", "{}").status()).isEqualTo(204);
        assertThat(SERVER.admin("/cache/explain?sql=").status()).isEqualTo(400);
        assertThat(SERVER.admin("/insights?database=nowhere").body()).contains("known databases: default");
    }
}
