package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.admin.RunningServer.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Operators learn why a response is cached or not. */
@Tag("integration")
class ExplainTest {
    private static final String READ = "SELECT p.title, u.name FROM post p JOIN author u ON u.id = p.author_id";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE author (id int PRIMARY KEY, name text)",
            "CREATE TABLE post (id int PRIMARY KEY, title text, author_id int REFERENCES author ON DELETE CASCADE)",
            "CREATE VIEW titles AS SELECT title FROM post",
            "INSERT INTO author VALUES (1, 'Ann')",
            "INSERT INTO post VALUES (1, 'one', 1)");

    /** Each test has its own server, because invalidations are counted from the start. */
    @RegisterExtension
    final RunningServer running = RunningServer.on(POSTGRES)
            .with("databases.default.cache.invalidation", "writes")
            .with("cache.recent_requests", 100);

    private static String id(Reply reply) {
        return reply.header("x-request-id");
    }

    private Reply sql(String sql, Map<String, ?> strategy) throws Exception {
        return sql(running, sql, strategy);
    }

    private static Reply sql(RunningServer server, String sql, Map<String, ?> strategy) throws Exception {
        String body = JsonMapper.shared()
                .writeValueAsString(Map.of("query", sql, "params", List.of(), "cacheStrategy", strategy));
        Reply reply = server.query("POST", "/sql", TestServer.KEY, body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply;
    }

    private Reply cached(String sql) throws Exception {
        return sql(sql, Map.of("ttl", 60, "tags", List.of("posts")));
    }

    private void write(String sql) throws Exception {
        sql(sql, Map.of("ttl", 0));
    }

    private JsonNode explain(String subject, String value) throws Exception {
        return explain(running, subject, value);
    }

    private static JsonNode explain(RunningServer server, String subject, String value) throws Exception {
        Reply reply = server.admin("/cache/explain?" + subject + "=" + URLEncoder.encode(value, UTF_8));
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(each ->
                        each.isString() ? each.asString() : each.get("name").asString())
                .toList();
    }

    @Test
    void aRequestIsExplainedWithWhatItReadsAndWhatOutdatesIt() throws Exception {
        Reply miss = cached(READ);
        Reply hit = cached(READ);

        JsonNode first = explain("request", id(miss));
        JsonNode second = explain("request", hit.header("cf-ray"));

        assertThat(first.at("/request/id").asString()).isEqualTo(id(miss));
        assertThat(first.at("/request/status").asString()).isEqualTo("miss");
        assertThat(first.at("/request/strategy").toString())
                .isEqualTo("{\"ttl_seconds\":60,\"swr_seconds\":0,\"tags\":[\"posts\"]}");
        assertThat(Instant.parse(first.at("/request/at").asString())).isBeforeOrEqualTo(Instant.now());
        assertThat(second.at("/request/status").asString()).isEqualTo("ttl");
        for (JsonNode each : List.of(first, second)) {
            assertThat(each.get("database").asString()).isEqualTo("default");
            assertThat(each.get("signature").asString()).isEqualTo(miss.header("accelerate-signature"));
            assertThat(each.get("not_cached").isNull()).isTrue();
            assertThat(each.get("not_stored").isNull()).isTrue();
            assertThat(each.at("/entries/0/current").asBoolean()).isTrue();
            assertThat(each.at("/entries/0/kept_seconds").asInt()).isEqualTo(60);
            assertThat(texts(each.get("reads"))).containsExactlyInAnyOrder("public.post", "public.author");
            assertThat(texts(each.get("tags"))).containsExactly("posts");
            assertThat(texts(each.get("outdated_by"))).containsExactly("tags", "all", "schema", "write");
        }
    }

    @Test
    void aWriteIsTheLastInvalidationOfWhatItChanged() throws Exception {
        Reply miss = cached(READ);
        write("UPDATE author SET name = 'Bob'");

        JsonNode explained = explain("request", id(miss));

        assertThat(explained.at("/last_invalidation/cause").asString()).isEqualTo("write");
        assertThat(explained.at("/last_invalidation/detail").asString()).startsWith("a write through Hasten");
        assertThat(explained.at("/entries/0/current").asBoolean()).isFalse();
        assertThat(explained.at("/entries/0/generation").asLong())
                .isLessThan(explained.at("/last_invalidation/generation").asLong());
        assertThat(explained.get("not_stored").asString())
                .isEqualTo("it was invalidated; the next request reads it again");
        JsonNode author = StreamSupport.stream(explained.get("reads").spliterator(), false)
                .filter(each -> each.get("name").asString().equals("public.author"))
                .findFirst()
                .orElseThrow();
        assertThat(author.get("kind").asString()).isEqualTo("table");
        assertThat(author.get("last_invalidation")).isEqualTo(explained.get("last_invalidation"));
    }

    @Test
    void theCauseOfEachKindOfInvalidationIsNamed() throws Exception {
        Reply read = cached(READ);

        running.query("POST", "/invalidate", TestServer.KEY, "{\"tags\":[\"posts\"]}");
        JsonNode byTag = explain("signature", read.header("accelerate-signature"));
        assertThat(byTag.at("/last_invalidation/cause").asString()).isEqualTo("tags");
        assertThat(byTag.at("/last_invalidation/detail").asString()).startsWith("requested with the API key ");
        assertThat(byTag.at("/tags/0/last_invalidation")).isEqualTo(byTag.get("last_invalidation"));

        running.admin("POST", "/cache/invalidate", "{\"tags\":\"all\"}");
        JsonNode all = explain("signature", read.header("accelerate-signature"));
        assertThat(all.at("/last_invalidation/cause").asString()).isEqualTo("all");
        assertThat(all.at("/last_invalidation/detail").asString()).isEqualTo("requested with the admin API");
        assertThat(all.get("entries").isEmpty()).isTrue();
        assertThat(all.get("not_stored").asString()).isEqualTo("it was invalidated after the request");

        running.admin("POST", "/schema/invalidate", null);
        JsonNode schema = explain("signature", read.header("accelerate-signature"));
        assertThat(schema.at("/last_invalidation/cause").asString()).isEqualTo("schema");
    }

    @Test
    void aCommitInTheStreamIsNamedWithItsPosition() throws Exception {
        try (RunningServer server = RunningServer.on(POSTGRES)
                .with("databases.default.cache.invalidation", "stream")
                .start()) {
            await().untilAsserted(() -> {
                sql(server, READ, Map.of("ttl", 60));
                assertThat(sql(server, READ, Map.of("ttl", 60)).header("accelerate-cache-status"))
                        .isEqualTo("ttl");
            });
            Reply read = sql(server, READ, Map.of("ttl", 60));
            POSTGRES.execute("UPDATE post SET title = 'two'");

            await().untilAsserted(() -> {
                JsonNode last = explain(server, "request", id(read)).get("last_invalidation");
                assertThat(last.path("cause").asString("")).isEqualTo("stream");
                assertThat(last.get("detail").asString()).matches("transaction \\d+, log position [0-9A-F]+/[0-9A-F]+");
            });
        }
    }

    @Test
    void theReasonWhyARequestIsNotCachedIsNamed() throws Exception {
        JsonNode volatileQuery = explain("request", id(cached("SELECT now(), title FROM post")));
        assertThat(volatileQuery.at("/request/status").asString()).isEqualTo("none");
        assertThat(volatileQuery.get("not_cached").toString())
                .isEqualTo("{\"reason\":\"time\",\"detail\":\"uses the function now, which is not immutable\"}");

        JsonNode without = explain("request", id(sql(READ, Map.of("ttl", 0))));
        assertThat(without.at("/not_cached/reason").asString()).isEqualTo("no_strategy");
    }

    @Test
    void aStatementIsExplainedWithoutRunningIt() throws Exception {
        JsonNode read = explain("sql", "SELECT title FROM titles WHERE title = $1 -- ; a + b & c");
        assertThat(read.get("not_cached").isNull()).isTrue();
        assertThat(texts(read.get("reads"))).containsExactlyInAnyOrder("public.titles", "public.post");
        assertThat(read.at("/statement/writes").asString()).isEqualTo("nothing");

        JsonNode delete = explain("sql", "DELETE FROM author WHERE id = 1");
        assertThat(delete.at("/not_cached/reason").asString()).isEqualTo("not_a_read");
        assertThat(delete.at("/statement/writes").asString()).isEqualTo("tables");
        assertThat(texts(delete.at("/statement/written"))).containsExactlyInAnyOrder("public.author", "public.post");
        assertThat(POSTGRES.column("SELECT name FROM author")).hasSize(1);

        JsonNode unknown = explain("sql", "SELECT * FROM nowhere");
        assertThat(unknown.get("not_cached").toString())
                .isEqualTo("{\"reason\":\"not_proved\",\"detail\":"
                        + "\"cannot be planned now: relation \\\"nowhere\\\" does not exist\"}");

        assertThat(explain("sql", "DROP TABLE author").at("/statement/writes").asString())
                .isEqualTo("unknown");
    }

    @Test
    void aStatementThatWaitsForALockDoesNotTakeMoreThanOneConnection() throws Exception {
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE post IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<JsonNode> first = CompletableFuture.supplyAsync(() -> {
                try {
                    return explain("sql", "SELECT title FROM post");
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            });
            await().until(() -> POSTGRES.value("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    .equals("1"));
            Reply second = running.admin("/cache/explain?sql=SELECT+id+FROM+post");
            assertThat(second.status()).isEqualTo(429);
            assertThat(second.json().get("message").asString()).contains("Another statement is being explained");
            connection.rollback();
            assertThat(first.get().get("not_cached").isNull()).isTrue();
        }
        assertThat(running.admin("/cache/explain?sql=SELECT+id+FROM+post").status())
                .isEqualTo(200);
    }

    @Test
    void onlyTheConfiguredNumberOfRequestsIsRemembered() throws Exception {
        String first = id(cached(READ));
        String second = id(cached(READ));
        for (int i = 0; i < 99; i++) {
            cached(READ);
        }

        Reply forgotten = running.admin("/cache/explain?request=" + first);
        assertThat(forgotten.status()).isEqualTo(404);
        assertThat(forgotten.json().get("message").asString())
                .isEqualTo("Unknown request: it is not among the latest 100 requests with a response"
                        + " (cache.recent_requests)");
        assertThat(running.admin("/cache/explain?request=" + second).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?",
                "?database=default",
                "?request=1&sql=2",
                "?sql=SELECT+1&sql=SELECT+2",
                "?query=SELECT+1",
                "?signature=abc",
                "?signature=zz00000000000000000000000000000000000000000000000000000000000000",
                "?sql=SELECT+1&database=other"
            })
    void wrongParametersAreExplained(String query) throws Exception {
        Reply reply = running.admin("/cache/explain" + query);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().get("message").asString())
                .matches(
                        ".*(choose one of|allowed: request, signature, sql, database|64 hex digits|known databases).*");
    }

    @Test
    void anUnknownSignatureAndAMissingTokenAreRefused() throws Exception {
        String url = "/cache/explain?signature=" + "0".repeat(64);

        assertThat(running.admin(url).status()).isEqualTo(404);
        assertThat(running.send(running.admin().url() + url, "GET", null, null).status())
                .isEqualTo(401);
        assertThat(running.query("GET", url, TestServer.KEY, null).status()).isEqualTo(404);
    }
}
