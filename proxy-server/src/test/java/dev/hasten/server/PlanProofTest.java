package dev.hasten.server;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.Uncached;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgreSQL decides what a plan of Prisma reads, because the plan does not show what is behind its views. */
@Tag("integration")
final class PlanProofTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id int PRIMARY KEY, at timestamptz, name text)",
            "INSERT INTO item VALUES (1, now(), 'one')",
            "CREATE VIEW clock_view AS SELECT id FROM item WHERE at < now()",
            "CREATE VIEW user_view AS SELECT id FROM item WHERE current_user <> name",
            "CREATE SEQUENCE ids START 10",
            "CREATE FUNCTION counted() RETURNS int LANGUAGE sql AS"
                    + " 'INSERT INTO item VALUES (nextval(''ids'')::int); SELECT 1'",
            "CREATE VIEW writing_view AS SELECT counted() AS id FROM item",
            "CREATE MATERIALIZED VIEW stored AS SELECT id FROM item");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    @RegisterExtension
    static final TestServer WITH_DEFAULT = TestServer.on(POSTGRES)
            .with("databases.default.cache.defaults[0].model", "*")
            .with("databases.default.cache.defaults[0].ttl", "1h");

    private static final Client CLIENT = SERVER.client();

    private static Map<String, ?> read(String table) {
        return query("SELECT \"id\" FROM \"public\".\"" + table + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "item, ttl, ''",
        "stored, ttl, ''",
        "clock_view, ttl, ''",
        "user_view, none, session: uses a view that depends on the session",
        "writing_view, none, 'volatile_function: uses the function counted, which is not immutable'",
        "pg_class, none, catalog: uses a system catalog",
    })
    void anAppMayCacheWhatIsOnlyNonDeterministic(String table, String status, String reason) {
        Map<String, ?> plan =
                table.equals("pg_class") ? query("SELECT \"oid\" FROM \"pg_catalog\".\"pg_class\"") : read(table);
        CLIENT.cachedQuery(plan, "max-age=60");
        Reply second = CLIENT.cachedQuery(plan, "max-age=60");
        assertThat(second.cacheStatus()).as(second.toString()).isEqualTo(status);
        assertThat(second.header("hasten-not-cached")).isEqualTo(reason.isEmpty() ? null : reason);
    }

    @ParameterizedTest
    @CsvSource({"item, 1", "stored, 1", "clock_view, 0", "user_view, 0"})
    void aDefaultCachesOnlyWhatIsProvedDeterministic(String table, int entries) {
        var cache = WITH_DEFAULT.database().cache();
        cache.invalidateAll("test");
        assertThat(WITH_DEFAULT.client().query(read(table)).status()).isEqualTo(200);
        assertThat(cache.size()).isEqualTo(entries);
    }

    @Test
    void aParameterThatCouldMeanTheCurrentTimeIsNotCachedByDefault() {
        Map<String, ?> plan = query("SELECT \"id\" FROM \"public\".\"item\" WHERE \"at\" > ?", "yesterday");
        var cache = WITH_DEFAULT.database().cache();
        cache.invalidateAll("test");
        assertThat(WITH_DEFAULT.client().query(plan).status()).isEqualTo(200);
        assertThat(cache.size()).isZero();
        Map<String, ?> text = query("SELECT \"id\" FROM \"public\".\"item\" WHERE \"name\" = ?", "yesterday");
        assertThat(WITH_DEFAULT.client().query(text).status()).isEqualTo(200);
        assertThat(cache.size()).as("a column of text does not convert it").isEqualTo(1);
    }

    @Test
    void everyUncachedResponseIsCountedWithItsReason() {
        var statistics = SERVER.database().cache().statistics();
        long before = statistics.uncached(Uncached.Reason.NO_STRATEGY);
        long session = statistics.uncached(Uncached.Reason.SESSION);
        CLIENT.query(read("item"));
        CLIENT.cachedQuery(read("user_view"), "max-age=60");
        assertThat(statistics.uncached(Uncached.Reason.NO_STRATEGY)).isEqualTo(before + 1);
        assertThat(statistics.uncached(Uncached.Reason.SESSION)).isEqualTo(session + 1);
        assertThat(SERVER.server().metrics().scrape())
                .contains("hasten_cache_uncached_total{database=\"default\",reason=\"session\"}");
    }
}
