package dev.hasten.server;

import static dev.hasten.testing.Plans.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator's cache settings take precedence over the apps' strategies. */
@Tag("integration")
final class CacheConfigurationTest {
    private static final Map<String, ?> READ = query("SELECT \"id\" FROM \"public\".\"item\"");

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item AS SELECT 1 AS id");

    private static TestServer server(String key, Object value) {
        return TestServer.on(POSTGRES).with("databases.default.cache." + key, value);
    }

    @Test
    void aDisabledCacheStoresNothing() {
        try (TestServer server = server("enabled", false).start()) {
            for (int i = 0; i < 2; i++) {
                assertThat(server.client().cachedQuery(READ, "max-age=60").cacheStatus())
                        .isEqualTo("none");
            }
        }
    }

    @Test
    void aLongerTtlIsReducedToTheMaximum() {
        try (TestServer server = server("max_ttl", "1s")
                .with("databases.default.cache.max_swr", "1h")
                .start()) {
            server.client().cachedQuery(READ, "max-age=3600,stale-while-revalidate=3600");
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(server.client()
                                    .cachedQuery(READ, "max-age=3600,stale-while-revalidate=3600")
                                    .cacheStatus())
                            .isEqualTo("swr"));
        }
    }

    @Test
    void keysGetOnlyTheirOwnEntriesIfSharingIsDisabled() {
        try (TestServer server = server("shared_by_keys", false).start()) {
            String other = server.server()
                    .keys()
                    .create("other", "default", KeyScope.DEFAULT, null)
                    .token();
            server.client().cachedQuery(READ, "max-age=60");
            assertThat(server.clientWithKey(other)
                            .cachedQuery(READ, "max-age=60")
                            .cacheStatus())
                    .isEqualTo("miss");
            assertThat(server.client().cachedQuery(READ, "max-age=60").cacheStatus())
                    .isEqualTo("ttl");
        }
    }

    @Test
    void aDefaultAppliesToQueriesOfItsModelWithoutAStrategy() {
        try (TestServer server = server("defaults[0].model", "Item")
                .with("databases.default.cache.defaults[0].ttl", "1h")
                .with("databases.default.cache.defaults[0].tags", "items")
                .start()) {
            Client client = server.client();
            client.query(READ);
            POSTGRES.execute("UPDATE item SET id = id + 1");
            String stored = client.query(READ).data();
            assertThat(server.database().cache().statistics().of(dev.hasten.cache.CacheStatistics.Event.HIT))
                    .isEqualTo(1);
            assertThat(client.cachedQuery(READ, "no-cache").cacheStatus()).isEqualTo("ttl");
            assertThat(client.cachedQuery(READ, "max-age=0").cacheStatus()).isEqualTo("none");
            client.post("/invalidate", "{\"tags\":[\"items\"]}");
            assertThat(client.query(READ).data()).isNotEqualTo(stored);
        }
    }

    @Test
    void aDefaultDoesNotApplyToOtherModels() {
        try (TestServer server = server("defaults[0].model", "Other")
                .with("databases.default.cache.defaults[0].ttl", "1h")
                .start()) {
            server.client().query(READ);
            assertThat(server.client().cachedQuery(READ, "no-cache").cacheStatus())
                    .isEqualTo("none");
        }
    }

    @Test
    void aDefaultForAllModelsAppliesToUnlistedModels() {
        try (TestServer server = server("defaults[0].model", "*")
                .with("databases.default.cache.defaults[0].ttl", "1h")
                .start()) {
            server.client().query(READ);
            assertThat(server.client().cachedQuery(READ, "no-cache").cacheStatus())
                    .isEqualTo("ttl");
            String raw = Client.body(READ, Map.of()).replace("\"model\":\"Item\",", "");
            Reply withoutModel =
                    server.client().post("/query", raw.getBytes(UTF_8), Map.of("cache-control", "no-cache"));
            assertThat(withoutModel.cacheStatus()).isEqualTo("none");
        }
    }

    @Test
    void aResponseThatIsTooLargeIsNotStored() {
        try (TestServer server = server("max_entry_bytes", "1kb").start()) {
            Map<String, ?> large =
                    query("SELECT \"id\", '" + "x".repeat(2000) + "' AS \"text\" FROM \"public\".\"item\"");
            for (int i = 0; i < 2; i++) {
                assertThat(server.client().cachedQuery(large, "max-age=60").cacheStatus())
                        .isEqualTo("miss");
            }
        }
    }

    @Test
    void databasesDivideTheMemoryByTheirShares() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("cache.max_bytes", "40mb")
                .with("databases.default.cache.share", 3)
                .with("databases.other.url", POSTGRES.url())
                .with("databases.off.url", POSTGRES.url())
                .with("databases.off.cache.enabled", false)
                .start()) {
            assertThat(server.database().cache().maxBytes()).isEqualTo(30 << 20);
            assertThat(server.server().databases().get("other").cache().maxBytes())
                    .isEqualTo(10 << 20);
            assertThat(server.server().databases().get("off").cache().maxBytes())
                    .isZero();
        }
    }
}
