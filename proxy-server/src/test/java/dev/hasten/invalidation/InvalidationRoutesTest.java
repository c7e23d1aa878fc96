package dev.hasten.invalidation;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The promises of {@code POST /invalidate}. */
@Tag("integration")
final class InvalidationRoutesTest {
    private static final Map<String, ?> READ = query("SELECT \"n\" FROM \"public\".\"counter\"");
    private static final Map<String, ?> OTHER = query("SELECT \"n\", 1 AS \"one\" FROM \"public\".\"counter\"");
    private static final String HOUR = "max-age=3600";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE counter AS SELECT 0 AS n");

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.on(POSTGRES).with("databases.default.cache.invalidations_per_second", 0);

    private static final Client CLIENT = SERVER.client();

    @BeforeEach
    void forget() {
        assertThat(invalidate("\"all\"").status()).isEqualTo(200);
    }

    private static Reply invalidate(String tags) {
        return CLIENT.post("/invalidate", "{\"tags\":" + tags + "}");
    }

    @Test
    void aTagInvalidatesOnlyEntriesWithThatTag() {
        CLIENT.cachedQuery(READ, HOUR, "users", "all_of_it");
        CLIENT.cachedQuery(OTHER, HOUR, "posts");
        Reply done = invalidate("[\"users\"]");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.header("cf-ray")).isEqualTo(done.header("x-request-id") + "-local");
        assertThat(CLIENT.cachedQuery(OTHER, HOUR, "posts").cacheStatus()).isEqualTo("ttl");
        assertThat(CLIENT.cachedQuery(READ, HOUR, "users", "all_of_it").cacheStatus())
                .isEqualTo("miss");
    }

    @Test
    void anEntryIsAlsoInvalidForRequestsWithoutItsTag() {
        CLIENT.cachedQuery(READ, HOUR, "users");
        invalidate("[\"users\"]");
        assertThat(CLIENT.cachedQuery(READ, HOUR).cacheStatus()).isEqualTo("miss");
    }

    @Test
    void aRequestWithTheTagDoesNotGetAnOlderEntryWithoutIt() {
        CLIENT.cachedQuery(READ, HOUR);
        invalidate("[\"users\"]");
        assertThat(CLIENT.cachedQuery(READ, HOUR, "users").cacheStatus()).isEqualTo("miss");
    }

    @Test
    void allAlsoInvalidatesEntriesWithoutTags() {
        CLIENT.cachedQuery(READ, HOUR);
        invalidate("\"all\"");
        assertThat(CLIENT.cachedQuery(READ, HOUR).cacheStatus()).isEqualTo("miss");
    }

    @Test
    void staleResponsesAreNotServedAfterAnInvalidation() {
        CLIENT.cachedQuery(READ, "stale-while-revalidate=3600", "users");
        invalidate("[\"users\"]");
        assertThat(CLIENT.cachedQuery(READ, "stale-while-revalidate=3600", "users")
                        .cacheStatus())
                .isEqualTo("miss");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|must be a list of 1 to 5 tags (cache.max_tags), or \"all\"",
                "{\"tags\":[]}|must be a list of 1 to 5 tags",
                "{\"tags\":null}|must be a list",
                "{\"tags\":\"users\"}|must be a list",
                "{\"tags\":\"ALL\"}|must be a list",
                "{\"tags\":{\"a\":1}}|must be a list",
                "{\"tags\":[1]}|must be a list",
                "{\"tags\":[\"a\",null]}|must be a list",
                "{\"tags\":[\"a b\"]}|the tag 'a b' is not allowed",
                "{\"tags\":[\"a-b\"]}|the tag 'a-b' is not allowed",
                "{\"tags\":[\"\"]}|the tag '' is not allowed",
                "{\"tags\":[\"é\"]}|the tag 'é' is not allowed",
                "{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}|6 tags are given; at most 5 are allowed",
            })
    void invalidTagsAreRejectedWithWhatIsAllowed(String body, String text) {
        CLIENT.cachedQuery(READ, HOUR, "users");
        Reply reply = CLIENT.post("/invalidate", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P6005");
        assertThat(reply.error()).contains(text);
        assertThat(CLIENT.cachedQuery(READ, HOUR, "users").cacheStatus()).isEqualTo("ttl");
    }

    @Test
    void aTagHasAtMost64Characters() {
        assertThat(invalidate("[\"" + "x".repeat(64) + "\"]").status()).isEqualTo(200);
        Reply reply = invalidate("[\"" + "x".repeat(65) + "\"]");
        assertThat(reply.error())
                .contains("is not allowed; a tag must have 1 to 64 of the characters A-Z, a-z, 0-9 and _");
    }

    @Test
    void aBodyThatIsNotJsonIsRejected() {
        assertThat(CLIENT.post("/invalidate", "{\"tags\":").code()).isEqualTo("P6000");
    }

    @Test
    void aKeyWithoutTheScopeIsRefused() {
        String key = SERVER.server()
                .keys()
                .create("read", "default", Set.of(KeyScope.PRISMA), null)
                .token();
        Reply reply = SERVER.clientWithKey(key).post("/invalidate", "{\"tags\":\"all\"}");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.error())
                .isEqualTo(
                        "Missing scope: this API key has prisma, but this call requires invalidate. Use another API key");
        String invalidator = SERVER.server()
                .keys()
                .create("invalidate", "default", Set.of(KeyScope.INVALIDATE), null)
                .token();
        assertThat(SERVER.clientWithKey(invalidator).query(READ).status()).isEqualTo(403);
        assertThat(SERVER.clientWithKey(invalidator)
                        .post("/invalidate", "{\"tags\":\"all\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void tooManyInvalidationsGetRetryAfter() {
        try (TestServer limited = TestServer.on(POSTGRES)
                .with("databases.default.cache.invalidations_per_second", 2)
                .start()) {
            List<Reply> replies = new ArrayList<>();
            do {
                replies.add(limited.client().post("/invalidate", "{\"tags\":\"all\"}"));
            } while (replies.getLast().status() == 200 && replies.size() < 1000);
            assertThat(replies.getLast().status()).isEqualTo(429);
            assertThat(replies.getLast().code()).isEqualTo("P5011");
            assertThat(replies.getLast().error()).contains("the limit of this database is 2 per second");
            assertThat(replies.getLast().header("retry-after")).isEqualTo("1");
        }
    }

    /** Some clients write, invalidate and read, while others fill the cache with their reads. */
    @Test
    void readAfterWriteAndInvalidationSeesTheWriteUnderConcurrentReads() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String[] tags = i % 2 == 0 ? new String[] {"counter"} : new String[0];
            String times = i % 3 == 0 ? "max-age=3600" : "stale-while-revalidate=3600";
            readers.add(Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    CLIENT.cachedQuery(READ, times, tags);
                }
            }));
        }
        try {
            for (int n = 1; n <= 50; n++) {
                POSTGRES.execute("UPDATE counter SET n = " + n);
                assertThat(invalidate(n % 10 == 0 ? "\"all\"" : "[\"counter\"]").status())
                        .isEqualTo(200);
                assertThat(CLIENT.cachedQuery(READ, HOUR, "counter").data()).isEqualTo("[{\"n\":" + n + "}]");
            }
        } finally {
            stop.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }
    }
}
