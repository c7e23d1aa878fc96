package dev.hasten.postgres;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.template;
import static dev.hasten.testing.Plans.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrations while the server is running do not break prepared statements. */
@Tag("integration")
@Tag("postgres-version")
final class SchemaChangeTest {
    /** After this number of runs, a statement is certainly prepared. */
    private static final int WARM = 4;

    private static final Map<String, ?> READ = query("SELECT * FROM item WHERE a = ?", "7");
    private static final Map<String, ?> WRITE = execute("UPDATE item SET a = ?", "7");

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("pool.size", 1);

    private static final Client CLIENT = SERVER.client();

    @BeforeEach
    void create() {
        POSTGRES.execute(
                "DROP SCHEMA public CASCADE",
                "CREATE SCHEMA public",
                "CREATE TABLE item (a int, b text)",
                "INSERT INTO item VALUES (7, 'x')");
    }

    private static void warm(Map<String, ?> plan) {
        for (int i = 0; i < WARM; i++) {
            assertThat(CLIENT.query(plan).status()).isEqualTo(200);
        }
    }

    @Test
    void statementsArePrepared() {
        warm(READ);
        assertThat(CLIENT.query(
                                query(
                                        "SELECT count(*)::int AS n FROM pg_prepared_statements WHERE statement LIKE 'SELECT * FROM item%'"))
                        .data())
                .isEqualTo("[{\"n\":1}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE item ALTER a TYPE text",
                "ALTER TABLE item ALTER a TYPE bigint",
                "ALTER TABLE item ALTER a TYPE numeric",
                "ALTER TABLE item ALTER b TYPE varchar(10)",
                "ALTER TABLE item DROP b",
                "ALTER TABLE item ADD c int DEFAULT 1",
                "DROP TABLE item; CREATE TABLE item (b text, a int); INSERT INTO item VALUES ('x', 7)",
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE item (a text); INSERT INTO item VALUES ('7')",
                "ALTER TABLE item RENAME TO old; CREATE VIEW item AS SELECT * FROM old",
            })
    void noRequestFailsAfter(String migration) {
        warm(READ);
        warm(WRITE);
        POSTGRES.execute(migration);
        assertThat(CLIENT.query(READ).status()).isEqualTo(200);
        assertThat(CLIENT.query(WRITE).status()).isEqualTo(200);
        assertThat(CLIENT.query(READ).json().get("data")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE item ALTER a TYPE text",
                "ALTER TABLE item DROP b",
                "ALTER TABLE item ADD c int DEFAULT 1",
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE item (a text); INSERT INTO item VALUES ('7')",
            })
    void noTransactionOfARequestFailsAfter(String migration) {
        Map<String, ?> plan = transaction(seq(WRITE, READ));
        warm(plan);
        POSTGRES.execute(migration);
        assertThat(CLIENT.query(plan).json().get("data")).hasSize(1);
        assertThat(CLIENT.query(plan).json().get("data")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE item ALTER a TYPE text",
                "ALTER TABLE item DROP b",
                "ALTER TABLE item ADD c int DEFAULT 1",
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE item (a text); INSERT INTO item VALUES ('7')",
            })
    void noInteractiveTransactionFailsAfter(String migration) {
        warm(READ);
        warm(WRITE);
        POSTGRES.execute(migration);
        String id = CLIENT.startTransaction(Map.of());
        assertThat(CLIENT.query(id, WRITE).data()).isEqualTo("1");
        assertThat(CLIENT.query(id, READ).json().get("data")).hasSize(1);
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DISCARD ALL", "DEALLOCATE ALL", "DISCARD PLANS", "RESET ALL", "SET search_path = public"})
    void noRequestFailsAfterRawSql(String sql) {
        warm(READ);
        warm(transaction(WRITE));
        assertThat(CLIENT.query(rawExecute(sql)).status()).isEqualTo(200);
        assertThat(CLIENT.query(READ).status()).isEqualTo(200);
        assertThat(CLIENT.query(transaction(WRITE)).status()).isEqualTo(200);
    }

    @Test
    void deallocationInTheSameRequestCausesNoError() {
        warm(READ);
        assertThat(CLIENT.query(seq(rawExecute("DEALLOCATE ALL"), READ)).json().get("data"))
                .hasSize(1);
        assertThat(CLIENT.query(READ).status()).isEqualTo(200);
    }

    @Test
    void deallocationInsideATransactionCausesNoError() {
        warm(READ);
        assertThat(CLIENT.query(transaction(seq(rawExecute("DEALLOCATE ALL"), READ)))
                        .json()
                        .get("data"))
                .hasSize(1);
        String id = CLIENT.startTransaction(Map.of());
        CLIENT.query(id, rawExecute("DEALLOCATE ALL"));
        assertThat(CLIENT.query(id, READ).json().get("data")).hasSize(1);
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        assertThat(CLIENT.query(READ).status()).isEqualTo(200);
    }

    @Test
    void migrationThroughTheServerCausesNoError() {
        warm(READ);
        assertThat(CLIENT.query(rawExecute("ALTER TABLE item ALTER a TYPE text"))
                        .status())
                .isEqualTo(200);
        assertThat(CLIENT.query(READ).json().get("data")).hasSize(1);
    }

    @Test
    void realErrorsAreReported() {
        warm(READ);
        POSTGRES.execute("DROP TABLE item");
        Reply reply = CLIENT.query(READ);
        assertThat(reply.code()).isEqualTo("P2021");
        assertThat(CLIENT.query(transaction(READ)).code()).isEqualTo("P2021");
    }

    /** A parameter's type is fixed when its statement is prepared, but values of a wider column must not be truncated. */
    @Test
    void valueIsNotTruncatedToTheFormerTypeOfItsColumn() {
        POSTGRES.execute("CREATE TABLE event (at date)");
        Map<String, ?> insert = execute("INSERT INTO event VALUES (?)", "2026-01-02 03:04:05");
        warm(insert);
        POSTGRES.execute("ALTER TABLE event ALTER at TYPE timestamp", "TRUNCATE event");
        assertThat(CLIENT.query(insert).status()).isEqualTo(200);
        assertThat(POSTGRES.value("SELECT at FROM event")).isEqualTo("2026-01-02 03:04:05");
    }

    @Test
    void comparisonIsNotTruncatedToTheFormerTypeOfItsColumn() {
        POSTGRES.execute("CREATE TABLE event (at date)");
        Map<String, ?> count = query("SELECT count(*)::int AS n FROM event WHERE at = ?", "2026-01-02 03:04:05");
        warm(count);
        POSTGRES.execute(
                "ALTER TABLE event ALTER at TYPE timestamp", "INSERT INTO event VALUES ('2026-01-02 03:04:05')");
        assertThat(CLIENT.query(count).data()).isEqualTo("[{\"n\":1}]");
    }

    @ParameterizedTest
    @CsvSource({
        "real, double precision, 0.1, 0.1",
        "integer, text, 01234, 01234",
        "bigint, text, +7, +7",
        "numeric, text, 1e3, 1e3",
        "boolean, text, yes, yes",
        "uuid, text, A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11, A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "timestamp, text, 2026-01-02T03:04:05.000Z, 2026-01-02T03:04:05.000Z",
        "jsonb, json, '{\"b\":1, \"a\":2}', '{\"b\":1, \"a\":2}'",
        "char(3), text, 'a  ', 'a  '",
        "time, interval, 01:02:03, 01:02:03",
    })
    void valueIsStoredWithTheCurrentTypeOfItsColumn(String before, String now, String value, String stored) {
        POSTGRES.execute("CREATE TABLE changed (v " + before + ")");
        Map<String, ?> insert = execute("INSERT INTO changed VALUES (?)", value);
        warm(insert);
        POSTGRES.execute("TRUNCATE changed", "ALTER TABLE changed ALTER v TYPE " + now + " USING v::text::" + now);
        assertThat(CLIENT.query(insert).status()).isEqualTo(200);
        assertThat(POSTGRES.value("SELECT v FROM changed")).isEqualTo(stored);
    }

    @Test
    void cacheSizeZeroPreparesNoStatements() {
        try (TestServer bare = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.max_prepared_statements", 0)
                .start()) {
            for (int i = 0; i < 9; i++) {
                assertThat(bare.client().query(READ).status()).isEqualTo(200);
                assertThat(bare.client()
                                .query(query("SELECT count(*)::int AS n FROM pg_prepared_statements"))
                                .data())
                        .isEqualTo("[{\"n\":0}]");
            }
        }
    }

    @Test
    void cacheKeepsTheConfiguredNumberOfStatements() {
        try (TestServer small = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.max_prepared_statements", 3)
                .start()) {
            for (int i = 0; i < 20; i++) {
                Map<String, ?> own = node("query", template(new String[] {"SELECT " + i + " + ", "::int AS n"}, 1));
                for (int run = 0; run < WARM; run++) {
                    assertThat(small.client().query(own).data()).isEqualTo("[{\"n\":" + (i + 1) + "}]");
                }
            }
            assertThat(small.client()
                            .query(query("SELECT count(*)::int <= 3 AS few FROM pg_prepared_statements"))
                            .data())
                    .isEqualTo("[{\"few\":true}]");
        }
    }
}
