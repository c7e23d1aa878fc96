package dev.hasten.invalidation;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of the schema that nobody reports are noticed, and only those. */
@Tag("integration")
@Tag("postgres-version")
final class SchemaPollTest {
    private static final Map<String, ?> READ = query("SELECT \"n\" FROM \"public\".\"shown\"");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE EXTENSION pg_stat_statements",
            "CREATE TABLE item (n int)",
            "CREATE TABLE writes (n int)",
            "CREATE VIEW shown AS SELECT n FROM item",
            "CREATE TYPE pair AS (a int, b int)",
            "CREATE MATERIALIZED VIEW stored AS SELECT n FROM item",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("databases.default.cache.schema_poll", "1s");

    /** Takes the first fingerprint. */
    @BeforeAll
    static void useTheCache() {
        use();
    }

    private static void use() {
        SERVER.client().cachedQuery(READ, "max-age=3600");
    }

    private static long epoch() {
        return SERVER.database().cache().schemaEpoch();
    }

    private static int polls() {
        return Integer.parseInt(POSTGRES.value("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
                + " WHERE query LIKE 'SELECT pg_catalog.pg_current_snapshot()%'"
                + " AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    /** Uses the cache until this many polls have begun and the last one but one has certainly ended. */
    private static void awaitPolls(int more) {
        int before = polls();
        await().atMost(PATIENCE).until(() -> {
            use();
            return polls() > before + more;
        });
    }

    private static void awaitChangeAfter(long epoch) {
        await().atMost(PATIENCE).until(() -> {
            use();
            return epoch() > epoch;
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE OR REPLACE VIEW shown AS SELECT n + 1 AS n FROM item",
                "ALTER VIEW shown SET (security_barrier = true)",
                "ALTER TYPE pair RENAME ATTRIBUTE a TO c",
                "ALTER TABLE item ADD COLUMN extra int",
                "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
                "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
                "CREATE TABLE made (n int)",
            })
    void everyKindOfChangeIsNoticed(String sql) {
        long epoch = epoch();
        POSTGRES.execute(sql);
        awaitChangeAfter(epoch);
    }

    /** Its transaction began before others that have ended. */
    @Test
    void aChangeThatCommitsLateIsNoticed() throws SQLException {
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3'");
            POSTGRES.execute("INSERT INTO writes VALUES (1)");
            awaitPolls(1);
            long epoch = epoch();
            connection.commit();
            awaitChangeAfter(epoch);
        }
    }

    @Test
    void changesOfDataAreNotTakenForChangesOfTheSchema() {
        long epoch = epoch();
        POSTGRES.execute(
                "INSERT INTO writes VALUES (1)",
                "TRUNCATE writes",
                "ANALYZE",
                "REFRESH MATERIALIZED VIEW stored",
                "CREATE TEMP TABLE passing (n int)",
                "DROP TABLE passing");
        awaitPolls(2);
        assertThat(epoch()).isEqualTo(epoch);
    }
}
