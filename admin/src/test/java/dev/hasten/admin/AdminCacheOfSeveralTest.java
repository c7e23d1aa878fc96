package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.admin.RunningServer.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The caches of several databases. The databases are never used, so no PostgreSQL runs. */
@Tag("integration")
class AdminCacheOfSeveralTest {
    @RegisterExtension
    final RunningServer running = RunningServer.withoutDatabase()
            .with("cache.max_bytes", "4mb")
            .with("databases.default.cache.share", 3)
            .with("databases.shop.url", RunningServer.NOWHERE)
            .with("databases.old.url", RunningServer.NOWHERE)
            .with("databases.old.cache.enabled", false);

    private JsonNode cache(String database) throws Exception {
        return running.admin("/cache")
                .json()
                .get("databases")
                .valueStream()
                .filter(cache -> cache.get("database").asString().equals(database))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void eachDatabaseHasItsShareOfTheMemory() throws Exception {
        assertThat(cache("default").get("limit_bytes").asInt()).isEqualTo(3 << 20);
        assertThat(cache("shop").get("limit_bytes").asInt()).isEqualTo(1 << 20);
        assertThat(cache("old").get("limit_bytes").asInt()).isZero();
        assertThat(cache("old").get("enabled").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"cache | {\"tags\":\"all\"}", "schema | {}"})
    void theDatabaseMustBeNamed(String what, String body) throws Exception {
        Reply refused = running.admin("POST", "/" + what + "/invalidate", body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("message").asString())
                .contains(
                        "there are several databases; choose one of them with `database` (command line: --database): ")
                .contains("default", "shop", "old");
        assertThat(cache("shop").at("/counts/invalidations").toString())
                .isEqualTo("{\"tags\":0,\"models\":0,\"tables\":0,\"all\":0,\"schema\":0,\"writes\":0}");
    }

    @Test
    void onlyTheNamedCacheChanges() throws Exception {
        assertThat(running.admin("POST", "/schema/invalidate", "{\"database\":\"shop\"}")
                        .body())
                .isEqualTo("{\"database\":\"shop\",\"schemaEpoch\":1}");
        assertThat(running.admin("POST", "/cache/invalidate", "{\"database\":\"shop\",\"tags\":\"all\"}")
                        .body())
                .isEqualTo("{\"database\":\"shop\"}");

        assertThat(cache("shop").at("/counts/invalidations").toString())
                .isEqualTo("{\"tags\":0,\"models\":0,\"tables\":0,\"all\":1,\"schema\":1,\"writes\":0}");
        assertThat(cache("default").at("/counts/invalidations").toString())
                .isEqualTo("{\"tags\":0,\"models\":0,\"tables\":0,\"all\":0,\"schema\":0,\"writes\":0}");
        assertThat(cache("default").get("schema_epoch").asInt()).isZero();
    }
}
