package dev.hasten.writes;

import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Writes that neither the text of a statement nor its first executions show. Each was once missed. */
@Tag("integration")
@Tag("postgres-version")
final class HiddenWritesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE SCHEMA ta",
            "CREATE TABLE acct (v int)",
            "CREATE TABLE ta.acct (v int)",
            "INSERT INTO acct VALUES (0)",
            "INSERT INTO ta.acct VALUES (0)",
            "CREATE TABLE log (v int)",
            "CREATE FUNCTION writer() RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES (1); SELECT 1'",
            "CREATE FUNCTION stable_writer() RETURNS int STABLE LANGUAGE sql AS 'SELECT writer()'",
            "CREATE FUNCTION log_row() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN INSERT INTO log VALUES (2); RETURN NULL; END $$",
            "CREATE TABLE parent (id int, code text UNIQUE, name text, flag boolean)",
            "CREATE TABLE child (v text REFERENCES parent (code) ON UPDATE CASCADE)",
            "INSERT INTO parent VALUES (1, 'c', 'n')",
            "INSERT INTO child VALUES ('c')",
            "CREATE VIEW parent_view AS SELECT id, code AS other FROM parent",
            "CREATE TABLE generated (id int, name text, gen text GENERATED ALWAYS AS (lower(name)) STORED UNIQUE)",
            "CREATE TABLE generated_child (v text REFERENCES generated (gen) ON UPDATE CASCADE)",
            "INSERT INTO generated (name) VALUES ('A')",
            "INSERT INTO generated_child VALUES ('a')",
            "CREATE TABLE cased (id int, code text UNIQUE, name text)",
            "CREATE TABLE cased_child (v text REFERENCES cased (code) ON UPDATE CASCADE)",
            "CREATE FUNCTION cased() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN NEW.Code := upper(NEW.Name); RETURN NEW; END'",
            "CREATE TRIGGER cased BEFORE UPDATE ON cased FOR EACH ROW EXECUTE FUNCTION cased()",
            "INSERT INTO cased VALUES (1, 'A', 'a')",
            "INSERT INTO cased_child VALUES ('A')",
            "CREATE TABLE late (v int)",
            "CREATE TABLE view_base (v int)",
            "CREATE VIEW shown AS SELECT v FROM acct",
            "CREATE FUNCTION replace_view() RETURNS int LANGUAGE plpgsql AS"
                    + " $$ BEGIN CREATE OR REPLACE VIEW shown AS SELECT v FROM view_base; RETURN 1; END $$",
            "CREATE FUNCTION add_trigger() RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
                    + " CREATE TRIGGER late AFTER INSERT ON late FOR EACH ROW EXECUTE FUNCTION log_row(); RETURN 1; END $$",
            "CREATE PROCEDURE call_trigger() LANGUAGE plpgsql AS $$ BEGIN"
                    + " CREATE TRIGGER late AFTER INSERT ON late FOR EACH ROW EXECUTE FUNCTION log_row(); END $$",
            "CREATE DOMAIN numbered AS int DEFAULT writer()",
            "CREATE TABLE with_domain (x int, v numbered)",
            "CREATE TABLE checked (v int CHECK (stable_writer() = 1))",
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TABLE conditional (v int)",
            "INSERT INTO conditional VALUES (1)",
            "CREATE TRIGGER conditional BEFORE UPDATE ON conditional FOR EACH ROW WHEN (stable_writer() = 1)"
                    + " EXECUTE FUNCTION keep()",
            "CREATE DOMAIN logged AS int CHECK (writer() = 1)",
            "CREATE TYPE with_logged AS (a logged)",
            "CREATE VIEW logged_view AS SELECT v::logged AS v FROM view_base",
            "INSERT INTO view_base VALUES (1)",
            "CREATE TABLE deferring (v int)",
            "CREATE TABLE deferred (v int)",
            "CREATE FUNCTION defer_again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " SET CONSTRAINTS ALL DEFERRED; INSERT INTO deferred VALUES (1); RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER deferring AFTER INSERT ON deferring DEFERRABLE INITIALLY DEFERRED"
                    + " FOR EACH ROW EXECUTE FUNCTION defer_again()",
            "CREATE CONSTRAINT TRIGGER deferred AFTER INSERT ON deferred DEFERRABLE INITIALLY DEFERRED"
                    + " FOR EACH ROW EXECUTE FUNCTION log_row()",
            "CREATE TABLE quoted (\"a\"\"b\" text UNIQUE, z text)",
            "CREATE TABLE quoted_child (v text REFERENCES quoted (\"a\"\"b\") ON UPDATE CASCADE)",
            "CREATE FUNCTION quoted() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN NEW.\"a\"\"b\" := NEW.z; RETURN NEW; END'",
            "CREATE TRIGGER quoted BEFORE UPDATE ON quoted FOR EACH ROW EXECUTE FUNCTION quoted()",
            "INSERT INTO quoted VALUES ('a', 'a')",
            "INSERT INTO quoted_child VALUES ('a')",
            "CREATE TYPE answer AS ENUM ('a')",
            "CREATE TABLE answers (v answer)",
            "INSERT INTO answers VALUES ('a')",
            "CREATE FUNCTION rename_value(before text, after text) RETURNS void LANGUAGE plpgsql AS"
                    + " $$ BEGIN EXECUTE format('ALTER TYPE answer RENAME VALUE %L TO %L', before, after); END $$",
            "CREATE FUNCTION constant() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'",
            "CREATE VIEW constants AS SELECT constant() AS v FROM acct",
            "CREATE FUNCTION replace_constant(value int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format("
                    + "'CREATE OR REPLACE FUNCTION constant() RETURNS int IMMUTABLE LANGUAGE sql AS %L',"
                    + " 'SELECT ' || value); END $$",
            "CREATE SCHEMA tb",
            "CREATE TABLE tb.acct (v int)",
            "INSERT INTO tb.acct VALUES (77)",
            "CREATE FUNCTION swap_schemas() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
                    + " ALTER SCHEMA ta RENAME TO tc; ALTER SCHEMA tb RENAME TO ta; ALTER SCHEMA tc RENAME TO tb; END $$");

    @RegisterExtension
    final TestServer server = TestServer.on(POSTGRES).with("databases.default.cache.invalidation", "writes");

    private final Client client = server.client();

    private Reply batch(String... statements) {
        List<Map<String, String>> queries =
                Arrays.stream(statements).map(sql -> Map.of("query", sql)).toList();
        Reply reply = client.post("/sql", JSON.writeValueAsString(Map.of("queries", queries)));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply;
    }

    private void run(String sql) {
        Reply reply = client.post("/sql", JSON.writeValueAsString(Map.of("query", sql)));
        assertThat(reply.status()).as(sql + ": " + reply).isEqualTo(200);
    }

    private void runOften(String sql) {
        for (int i = 0; i < 4; i++) {
            run(sql);
        }
    }

    private Reply cached(String table) {
        Reply reply = client.cachedQuery(
                query("SELECT \"t\".\"v\" FROM " + table + " AS \"t\" ORDER BY \"t\".\"v\""), "max-age=3600");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply;
    }

    private void warm(String table) {
        cached(table);
        assertThat(cached(table).cacheStatus()).isEqualTo("ttl");
    }

    /** The cached data of a table, as text, is that of PostgreSQL. */
    private void assertCurrent(String table, String what) {
        String expected = POSTGRES.value(
                "SELECT coalesce(json_agg(json_build_object('v', v) ORDER BY v), '[]')::jsonb::text FROM " + table);
        assertThat(cached(table).data())
                .as(what)
                .isEqualTo(expected.replace(": ", ":").replace(", ", ","));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "SET LOCAL search_path = ta",
                "SET LOCAL search_path TO ta, public",
                "SELECT set_config('search_path', 'ta', true)",
            })
    void aChangedSearchPathMakesNamesMeanOtherTables(String change) {
        runOften("UPDATE acct SET v = v + 1");
        for (int i = 0; i < 4; i++) {
            warm("\"ta\".\"acct\"");
            batch(change, "UPDATE acct SET v = v + 1");
            assertCurrent("ta.acct", change);
        }
        String id = client.startTransaction(Map.of());
        warm("\"ta\".\"acct\"");
        client.query(id, node("execute", raw(change)));
        client.query(id, node("execute", raw("UPDATE acct SET v = v + 1")));
        client.commit(id);
        assertCurrent("ta.acct", change);
        // What was proved in the changed sessions must not apply to others.
        runOften("UPDATE acct SET v = v + 1");
        warm("\"public\".\"acct\"");
        run("UPDATE acct SET v = v + 1");
        assertCurrent("public.acct", change);
    }

    @Test
    void aTemporaryTableDoesNotHideWritesOfOthers() {
        for (int i = 0; i < 4; i++) {
            batch("CREATE TEMP TABLE acct (v int) ON COMMIT DROP", "UPDATE acct SET v = v + 2");
        }
        for (int i = 0; i < 3; i++) {
            warm("\"public\".\"acct\"");
            run("UPDATE acct SET v = v + 2");
            assertCurrent("public.acct", "update " + i);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "UPDATE parent_view SET other = other || 'x' => child",
                "UPDATE parent SET flag = name IS DISTINCT FROM 'x', code = code || 'y' => child",
                "UPDATE generated SET name = name || 'B' => generated_child",
                "UPDATE cased SET name = name || 'b' => cased_child",
                "SELECT stable_writer() => log",
                "INSERT INTO with_domain (x) VALUES (1) => log",
                "SELECT query_to_xml('SELECT writer()', true, true, '') => log",
                "INSERT INTO checked VALUES (1) => log",
                "UPDATE conditional SET v = v + 1 => log",
                "SELECT logged '5' => log",
                "SELECT jsonb_populate_record(NULL::with_logged, '{\"a\": 5}') => log",
                "SELECT * FROM jsonb_to_record('{\"a\": 5}') AS x (a logged) => log",
                "SELECT * FROM logged_view => log",
                "INSERT INTO deferring VALUES (1) => log",
                "UPDATE quoted SET z = z || 'x' => quoted_child",
            })
    void keysAndFunctionsChangeMoreThanTheStatementNames(String sql, String table) {
        for (int i = 0; i < 4; i++) {
            warm("\"public\".\"" + table + "\"");
            run(sql);
            assertCurrent(table, sql + ", execution " + i);
        }
    }

    @Test
    void aCursorWithHoldRunsDuringTheCommit() {
        for (int i = 0; i < 3; i++) {
            warm("\"public\".\"log\"");
            batch("DECLARE held" + i + " CURSOR WITH HOLD FOR SELECT writer()");
            assertCurrent("log", "batch");
            warm("\"public\".\"log\"");
            batch("TRUNCATE view_base", "DECLARE other" + i + " CURSOR WITH HOLD FOR SELECT writer()");
            assertCurrent("log", "batch after TRUNCATE");
        }
    }

    @ParameterizedTest
    @CsvSource({"CALL call_trigger()", "SELECT add_trigger()", "DO 'BEGIN PERFORM add_trigger(); END'"})
    void aFunctionThatCreatesATriggerIsNoticed(String sql) {
        try {
            runOften("INSERT INTO late VALUES (1)");
            run(sql);
            warm("\"public\".\"log\"");
            run("INSERT INTO late VALUES (1)");
            assertCurrent("log", sql);
        } finally {
            POSTGRES.execute("DROP TRIGGER IF EXISTS late ON late");
        }
    }

    @Test
    void aFunctionThatReplacesAViewIsNoticed() {
        warm("\"public\".\"shown\"");
        run("SELECT replace_view()");
        assertCurrent("shown", "after the change");
        warm("\"public\".\"shown\"");
        run("INSERT INTO view_base VALUES (5)");
        assertCurrent("shown", "after a write to the new table");
    }

    /** These take no strong lock on a table. */
    @Test
    void aFunctionThatChangesTypesFunctionsOrSchemasIsNoticed() {
        for (String rename : List.of("'a', 'b'", "'b', 'c'", "'c', 'a'")) {
            warm("\"public\".\"answers\"");
            run("SELECT rename_value(" + rename + ")");
            assertCurrent("answers", rename);
        }
        for (int value = 2; value < 5; value++) {
            warm("\"public\".\"constants\"");
            run("SELECT replace_constant(" + value + ")");
            assertCurrent("constants", "constant " + value);
        }
        for (int i = 0; i < 4; i++) {
            warm("\"ta\".\"acct\"");
            run("SELECT swap_schemas()");
            assertCurrent("ta.acct", "swap " + i);
        }
    }

    @Test
    void aNewTableThatHidesAnotherIsNoticed() {
        POSTGRES.execute("CREATE SCHEMA IF NOT EXISTS postgres", "CREATE TABLE IF NOT EXISTS public.hidden (v int)");
        try {
            cached("\"hidden\"");
            assertThat(cached("\"hidden\"").cacheStatus()).isEqualTo("ttl");
            run("SELECT 99 AS v INTO postgres.hidden");
            assertThat(cached("\"hidden\"").data()).contains("99");
        } finally {
            POSTGRES.execute("DROP SCHEMA postgres CASCADE");
        }
    }

    /** The statement was proved before the trigger existed, waited for it, and then fired it. */
    @Test
    void aStatementThatWaitsForASchemaChangeOutdatesEverything() {
        runOften("INSERT INTO late VALUES (1)");
        try {
            String waiting = client.startTransaction(Map.of());
            assertThat(client.query(waiting, node("execute", raw("SELECT 1"))).status())
                    .isEqualTo(200);
            String id = client.startTransaction(Map.of());
            client.query(id, node("execute", raw("INSERT INTO acct VALUES (1)")));
            // The proof of this statement belongs to the schema before the trigger.
            run("CREATE TRIGGER late AFTER INSERT ON late FOR EACH ROW EXECUTE FUNCTION log_row()");
            client.query(id, node("execute", raw("INSERT INTO late VALUES (1)")));
            warm("\"public\".\"log\"");
            client.commit(id);
            assertCurrent("log", "after the commit");
        } finally {
            POSTGRES.execute("DROP TRIGGER IF EXISTS late ON late");
        }
    }

    /** A proof that a lock has prevented says nothing about the statement. */
    @Test
    void aProofIsTriedAgainAfterALock() throws SQLException {
        Map<String, ?> read = query("SELECT \"t\".\"v\" FROM \"public\".\"view_base\" AS \"t\"");
        try (TestServer impatient = TestServer.on(POSTGRES.url() + "?options=-c%20lock_timeout%3D100ms")
                .start()) {
            try (Connection connection = POSTGRES.connection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("LOCK TABLE view_base IN ACCESS EXCLUSIVE MODE");
                assertThat(impatient.client().cachedQuery(read, "max-age=3600").status())
                        .isNotEqualTo(200);
                connection.rollback();
            }
            impatient.client().cachedQuery(read, "max-age=3600");
            assertThat(impatient.client().cachedQuery(read, "max-age=3600").cacheStatus())
                    .isEqualTo("ttl");
        }
    }
}
