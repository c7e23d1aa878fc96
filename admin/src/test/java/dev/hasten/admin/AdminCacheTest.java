package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.admin.RunningServer.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Cache statistics and invalidation for operators. */
@Tag("integration")
class AdminCacheTest {
    private static final String TTL = "max-age=60";
    private static final String SWR = "stale-while-revalidate=60";

    /** A read with a constant result. */
    private static final String READ = """
            {"model":"User","operation":"findMany","params":{},"plan":{"type":"dataMap","args":{
              "expr":{"type":"query","args":{"type":"templateSql",
                "fragments":[{"type":"stringChunk","chunk":"SELECT 1 AS \\"one\\""}],"args":[],"argTypes":[],
                "placeholderFormat":{"prefix":"$","hasNumbering":true},"chunkable":false}},
              "structure":{"type":"object","serializedName":null,"skipNulls":false,
                "fields":{"one":{"type":"field","dbName":"one","fieldType":{"arity":"required","type":"int"}}}},
              "enums":{}}}}
            """;

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    /** Each test has its own server, because counters start at zero. */
    @RegisterExtension
    final RunningServer running = RunningServer.on(POSTGRES)
            .with("cache.max_bytes", "4mb")
            .with("pool.size", 1)
            .with("databases.default.cache.max_ttl", "2h")
            .with("databases.default.cache.max_swr", "1h")
            .with("databases.default.cache.max_tags", 3)
            .with("databases.default.cache.invalidations_per_second", 1)
            .with("databases.default.cache.shared_by_keys", false)
            .with("databases.default.cache.defaults[0].model", "Post")
            .with("databases.default.cache.defaults[0].ttl", "30s")
            .with("databases.default.cache.defaults[0].tags", "posts");

    private String read(String cacheControl, String tags) throws Exception {
        Reply reply = running.read(TestServer.KEY, READ, cacheControl, tags);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"data\":[{\"one\":1}]}");
        return reply.header("accelerate-cache-status");
    }

    private JsonNode cache() throws Exception {
        Reply reply = running.admin("/cache");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        return reply.json().at("/databases/0");
    }

    /** Process ids of the server's connections. */
    private static List<String> sessions() {
        return POSTGRES.column("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()");
    }

    private JsonNode counts() throws Exception {
        return cache().get("counts");
    }

    @Test
    void theCacheShowsItsContentsAndPolicy() throws Exception {
        JsonNode empty = cache();
        assertThat(empty.get("database").asString()).isEqualTo("default");
        assertThat(empty.get("enabled").asBoolean()).isTrue();
        assertThat(empty.get("schema_epoch").asInt()).isZero();
        assertThat(empty.get("entries").asInt()).isZero();
        assertThat(empty.get("bytes").asInt()).isZero();
        assertThat(empty.get("limit_bytes").asInt()).isEqualTo(4 << 20);
        assertThat(empty.get("policy").toString())
                .isEqualTo(
                        "{\"max_ttl_seconds\":7200,\"max_swr_seconds\":3600,\"max_tags\":3,\"max_entry_bytes\":5242880,"
                                + "\"shared_by_keys\":false,\"invalidations_per_second\":1,"
                                + "\"defaults\":{\"Post\":{\"ttl_seconds\":30,\"swr_seconds\":0,\"tags\":[\"posts\"]}}}");

        read(TTL, "users");

        assertThat(cache().get("entries").asInt()).isOne();
        await().untilAsserted(() -> assertThat(cache().get("bytes").asInt()).isBetween(20, 4000));
    }

    @Test
    void requestsAreCountedByOutcome() throws Exception {
        read("no-cache", "");
        read(TTL, "users");
        read(TTL, "users");
        read(TTL, "users");
        read(SWR, "users");

        await().untilAsserted(
                        () -> assertThat(counts().get("refreshes").asInt()).isOne());
        assertThat(counts().toString())
                .isEqualTo(
                        "{\"hits\":2,\"stale_hits\":1,\"misses\":1,\"coalesced\":0,\"bypassed\":1,\"refreshes\":1,"
                                + "\"failed_refreshes\":0,\"too_large\":0,\"outdated\":0,\"evictions\":0,"
                                + "\"invalidations\":{\"tags\":0,\"models\":0,\"tables\":0,\"all\":0,\"schema\":0,\"writes\":0}}");
    }

    @Test
    void anInvalidationByTagRemovesEntriesWithThatTag() throws Exception {
        read(TTL, "users");

        Reply other = running.admin("POST", "/cache/invalidate", "{\"tags\":[\"posts\"]}");
        assertThat(other.status()).isEqualTo(200);
        assertThat(read(TTL, "users")).isEqualTo("ttl");

        Reply its = running.admin("POST", "/cache/invalidate", "{\"tags\":[\"posts\",\"users\"]}");
        assertThat(its.body()).isEqualTo("{\"database\":\"default\"}");
        assertThat(read(TTL, "users")).isEqualTo("miss");
        assertThat(counts().at("/invalidations/tags").asInt()).isEqualTo(2);
    }

    @Test
    void everythingCanBeInvalidated() throws Exception {
        read(TTL, "");

        assertThat(running.admin("POST", "/cache/invalidate", "{\"database\":\"default\",\"tags\":\"all\"}")
                        .status())
                .isEqualTo(200);

        assertThat(read(TTL, "")).isEqualTo("miss");
        assertThat(counts().at("/invalidations/all").asInt()).isOne();
    }

    @Test
    void theRateLimitOfClientsDoesNotApplyToOperators() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(running.admin("POST", "/cache/invalidate", "{\"tags\":[\"users\"]}")
                            .status())
                    .isEqualTo(200);
            assertThat(running.admin("POST", "/schema/invalidate", null).status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"``", "{}", "{\"database\":\"default\"}"})
    void aSchemaChangeInvalidatesEntriesAndConnections(String body) throws Exception {
        read(TTL, "users");
        List<String> before = sessions();
        assertThat(before).hasSize(1);

        Reply changed = running.admin("POST", "/schema/invalidate", body);

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo("{\"database\":\"default\",\"schemaEpoch\":1}");
        assertThat(cache().get("schema_epoch").asInt()).isOne();
        assertThat(cache().get("entries").asInt()).isZero();
        await().untilAsserted(() -> assertThat(sessions()).doesNotContainAnyElementsOf(before));
        assertThat(read(TTL, "users")).isEqualTo("miss");
        assertThat(counts().at("/invalidations/schema").asInt()).isOne();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    cache  | ``                                          | P6000 | one JSON object
                    cache  | ["users"]                                   | P6000 | one JSON object
                    cache  | {"tags":"all","tags":"all"}                 | P6000 | one JSON object
                    cache  | {"tag":"all"}                               | P6000 | unknown field `tag`; allowed fields: database, tags, tables, model
                    cache  | {"tags":"all","database":7}                 | P6000 | must be a string
                    cache  | {"tags":"all","database":"other"}           | P6000 | unknown database other; known databases: default
                    cache  | {}                                          | P6005 | must be a list of 1 to 3 tags (cache.max_tags), or "all"
                    cache  | {"tags":"users"}                            | P6005 | must be a list of 1 to 3 tags (cache.max_tags), or "all"
                    cache  | {"tags":[]}                                 | P6005 | must be a list of 1 to 3 tags (cache.max_tags), or "all"
                    cache  | {"tags":["a","b","c","d"]}                  | P6005 | 4 tags are given; at most 3
                    cache  | {"tags":["a-b"]}                            | P6005 | the tag 'a-b' is not allowed
                    schema | []                                          | P6000 | one JSON object
                    schema | {"tags":"all"}                              | P6000 | unknown field `tags`; allowed fields: database
                    schema | {"database":"other"}                        | P6000 | unknown database other; known databases: default
                    """)
    void aBadRequestIsRejectedWithTheReasonAndChangesNothing(String what, String body, String code, String told)
            throws Exception {
        read(TTL, "a");

        Reply refused = running.admin("POST", "/" + what + "/invalidate", body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("code").asString()).isEqualTo(code);
        assertThat(refused.json().get("message").asString()).contains(told);
        assertThat(read(TTL, "a")).isEqualTo("ttl");
    }
}
