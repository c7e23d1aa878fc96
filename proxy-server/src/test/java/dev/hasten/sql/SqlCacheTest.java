package dev.hasten.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Results of statements are cached as the request specifies. */
@Tag("integration")
final class SqlCacheTest {
    private static final String SQL = "SELECT n FROM counter WHERE id = $1";

    @RegisterExtension
    static final TestPostgres POSTGRES =
            TestPostgres.with("CREATE TABLE counter (id int, n int)", "INSERT INTO counter VALUES (1, 0), (2, 0)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static final SqlClient CLIENT = new SqlClient(SERVER.client());

    @BeforeEach
    void empty() {
        SERVER.database().cache().invalidateAll("test");
        POSTGRES.execute("UPDATE counter SET n = 0");
    }

    private static void change() {
        POSTGRES.execute("UPDATE counter SET n = n + 1");
    }

    private static void check(Reply reply, String status, int n) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.cacheStatus()).isEqualTo(status);
        assertThat(reply.json().at("/rows/0/n").intValue()).isEqualTo(n);
    }

    @Test
    void aHitDoesNotReachPostgres() {
        check(CLIENT.cached(SQL, 1), "miss", 0);
        change();
        check(CLIENT.cached(SQL, 1), "ttl", 0);
        check(CLIENT.cached(SQL, 2), "miss", 1);
        Reply hit = CLIENT.cached(SQL, 1);
        assertThat(hit.header("last-modified")).isNotNull();
        assertThat(hit.header("cf-ray")).isNotNull();
    }

    @Test
    void withoutAStrategyNothingIsCachedAndThereAreNoHeaders() {
        for (int i = 0; i < 2; i++) {
            Reply reply = CLIENT.query(SQL, 1);
            check(reply, "", i);
            change();
        }
        check(CLIENT.cached(Map.of("ttl", 0), SQL, 1), "none", 2);
    }

    @Test
    void headersWorkLikeThoseOfTheAccelerateExtension() {
        Map<String, String> headers =
                Map.of("cache-control", "max-age=60,stale-while-revalidate=60", "accelerate-cache-tags", "counters");
        check(CLIENT.query(headers, SQL, 1), "miss", 0);
        change();
        check(CLIENT.query(headers, SQL, 1), "ttl", 0);
        SERVER.client().post("/invalidate", "{\"tags\":[\"counters\"]}");
        check(CLIENT.query(headers, SQL, 1), "miss", 1);
        check(CLIENT.query(Map.of("cache-control", "no-cache"), SQL, 1), "none", 1);
    }

    @Test
    void tagsInvalidate() {
        Map<String, ?> tagged = Map.of("ttl", 60, "tags", List.of("a", "b"));
        check(CLIENT.cached(tagged, SQL, 1), "miss", 0);
        change();
        SERVER.client().post("/invalidate", "{\"tags\":[\"c\"]}");
        check(CLIENT.cached(tagged, SQL, 1), "ttl", 0);
        SERVER.client().post("/invalidate", "{\"tags\":[\"b\"]}");
        check(CLIENT.cached(tagged, SQL, 1), "miss", 1);
    }

    @Test
    void theStrategyIsNotPartOfTheKey() {
        check(CLIENT.cached(Map.of("ttl", 60), SQL, 1), "miss", 0);
        check(CLIENT.cached(Map.of("ttl", 30, "swr", 5, "tags", List.of("x")), SQL, 1), "ttl", 0);
        check(
                CLIENT.post("{\"cacheStrategy\":{\"ttl\":7},\"query\":\"" + SQL + "\",\"params\":[1]}", Map.of()),
                "ttl",
                0);
    }

    @Test
    void eachFormatOfTheResponseIsStoredSeparately() {
        Map<String, String> cached = Map.of("cache-control", "max-age=60");
        Map<String, String> arrays = Map.of("cache-control", "max-age=60", "Neon-Array-Mode", "true");
        check(CLIENT.query(cached, SQL, 1), "miss", 0);
        Reply reply = CLIENT.query(arrays, SQL, 1);
        assertThat(reply.cacheStatus()).isEqualTo("miss");
        assertThat(reply.json().path("rows")).hasToString("[[0]]");
    }

    @Test
    void aStaleEntryIsRefreshedInTheBackground() {
        Map<String, ?> swr = Map.of("swr", 600);
        check(CLIENT.cached(swr, SQL, 1), "miss", 0);
        change();
        check(CLIENT.cached(swr, SQL, 1), "swr", 0);
        org.awaitility.Awaitility.await()
                .until(() -> CLIENT.cached(swr, SQL, 1).json().at("/rows/0/n").intValue() == 1);
    }

    @Test
    void transactionsAreNotCached() {
        Map<String, String> headers = Map.of("cache-control", "max-age=60");
        for (int i = 0; i < 2; i++) {
            Reply reply = CLIENT.transaction(headers, "SELECT n FROM counter WHERE id = 1");
            assertThat(reply.cacheStatus()).isEqualTo("none");
            assertThat(reply.json().at("/results/0/rows/0/n").intValue()).isEqualTo(i);
            change();
        }
    }

    @Test
    void errorsAreNotStored() {
        assertThat(CLIENT.cached("SELECT 1 / n FROM counter WHERE id = $1", 1).status())
                .isEqualTo(400);
        change();
        assertThat(CLIENT.cached("SELECT 1 / n FROM counter WHERE id = $1", 1).cacheStatus())
                .isEqualTo("miss");
    }

    @Test
    void aLargeBodyIsAlsoCached() {
        String padding = "x".repeat(100_000);
        assertThat(CLIENT.cached("SELECT length($1)", padding).cacheStatus()).isEqualTo("miss");
        assertThat(CLIENT.cached("SELECT length($1)", padding).cacheStatus()).isEqualTo("ttl");
    }
}
