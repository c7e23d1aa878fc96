package dev.hasten.postgres;

import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.seq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The next request does not see session changes of the previous one, although both use the only connection. */
@Tag("integration")
@Tag("postgres-version")
final class SessionHygieneTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id serial PRIMARY KEY, n int)",
            "CREATE SCHEMA other",
            "CREATE TABLE other.item (id int)",
            "CREATE FUNCTION hash(v text) RETURNS text RETURN set_config('my.secret', v, false)",
            "CREATE FUNCTION other.set(v text) RETURNS text RETURN set_config('my.secret', v, false)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("pool.size", 1);

    /** Returns all session state that statements can change and later ones can see. */
    private static String sessionState() {
        Reply reply = SERVER.client().query(rawQuery("""
                        SELECT current_setting('search_path'), current_user::text, session_user::text,
                          coalesce(current_setting('my.secret', true), ''),
                          current_setting('statement_timeout'), current_setting('default_transaction_read_only'),
                          current_setting('default_transaction_isolation'), current_setting('TimeZone'),
                          current_setting('DateStyle'), current_setting('bytea_output'),
                          current_setting('standard_conforming_strings'), current_setting('row_security'),
                          current_setting('transaction_read_only'),
                          (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())::text,
                          (SELECT count(*) FROM pg_listening_channels())::text,
                          (SELECT count(*) FROM pg_cursors)::text,
                          (SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'S\\_%')::text,
                          (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema())::text,
                          coalesce(to_regclass('pg_temp.x')::text, '')"""));
        String state = reply.json().at("/data/rows").toString();
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return state;
    }

    private static void leavesNothingBehind(Map<String, ?> plan) {
        // State left behind by an earlier test must not hide changes of this one.
        SERVER.database().pool().retireConnections();
        String before = sessionState();
        SERVER.client().query(plan);
        assertThat(sessionState()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET my.secret = 'x'",
                "UPDATE pg_settings SET setting = 'x' WHERE name = 'my.secret'",
                "UPDATE pg_settings SET setting = '7s' WHERE name = 'statement_timeout'",
                "/* set */ SET SESSION my.secret = 'x'",
                "SELECT set_config('my.secret', 'x', false)",
                "SELECT pg_catalog.set_config('my.secret', 'x', false)",
                "SELECT \"set_config\"('my.secret', 'x', false)",
                "SELECT set_config /* ( */ -- (\n ('my.secret', 'x', false)",
                "WITH a AS (SELECT set_config('my.secret', 'x', false)) SELECT * FROM a",
                "INSERT INTO item (n) SELECT length(set_config('my.secret', 'x', false))",
                "EXPLAIN ANALYZE SELECT set_config('my.secret', 'x', false)",
                "SELECT hash('x')",
                "SELECT other.set('x')",
                "SET statement_timeout = '7s'",
                "SET search_path = other",
                "SET TIME ZONE 'Asia/Tokyo'",
                "SET bytea_output = 'escape'",
                "SET standard_conforming_strings = off",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "SET ROLE pg_read_all_data",
                "SET SESSION AUTHORIZATION pg_read_all_data",
                "SET row_security = off",
                "CREATE TEMP TABLE x (a int)",
                "CREATE LOCAL TEMPORARY TABLE x AS SELECT 1",
                "SELECT 1 AS a INTO TEMP x",
                "CREATE TABLE pg_temp.x (a int)",
                "CREATE TEMP VIEW x AS SELECT 1",
                "CREATE TEMP SEQUENCE x",
                "SELECT pg_advisory_lock(1)",
                "SELECT pg_try_advisory_lock(1, 2)",
                "SELECT pg_advisory_lock_shared(n) FROM generate_series(1, 3) AS n",
                "LISTEN channel",
                "PREPARE p AS SELECT 1",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                "BEGIN",
                "BEGIN; SET LOCAL my.secret = 'x'; SELECT 1",
                "BEGIN READ ONLY",
                "START TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT",
                "DO $$ BEGIN PERFORM set_config('my.secret', 'x', false); END $$",
                "DO $$ BEGIN EXECUTE 'SET my.secret = ''x'''; END $$",
                "SELECT 1; SET my.secret = 'x'; SELECT 2",
                "RESET ALL",
                "DISCARD ALL",
                "LOAD 'plpgsql'",
                "SET client_encoding = 'LATIN1'",
                "SET DateStyle = 'German'",
                "COPY item TO STDOUT",
                "COPY item FROM STDIN",
            })
    void nextRequestSeesNothingOf(String sql) {
        leavesNothingBehind(rawExecute(sql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE pg_temp.x AS SELECT 1",
                "CREATE VIEW pg_temp.x AS SELECT 1",
                "CREATE SEQUENCE pg_temp.x",
                "SELECT 1 AS a INTO pg_temp.x",
            })
    void nextRequestSeesNoTemporaryObjectCreatedWithASchemaName(String sql) {
        leavesNothingBehind(rawExecute(sql));
    }

    @Test
    void nextRequestSeesNothingOfACallBehindACommentThatEndsWithACarriageReturn() {
        leavesNothingBehind(rawExecute("SELECT 1 --\r, set_config('my.secret', 'x', false)"));
    }

    @Test
    void nextRequestSeesNothingOfACallThatFollowsAStringContinuedAfterAComment() {
        leavesNothingBehind(rawExecute("SELECT E'a' -- b\n'\\' , ' || set_config('my.secret', 'x', false) || ''"));
    }

    @Test
    void nextRequestSeesNothingOfAFunctionWhoseNameContainsUnicodeWhiteSpace() {
        POSTGRES.execute("CREATE FUNCTION \"leak\u2003lower\"(text) RETURNS text LANGUAGE sql"
                + " AS $$ SELECT set_config('my.secret', $1, false) $$");
        leavesNothingBehind(rawExecute("SELECT leak\u2003lower('x')"));
    }

    @Test
    void nextRequestSeesNothingOfAFunctionNamedWithUnicodeEscapes() {
        leavesNothingBehind(rawExecute("SELECT U&\"set!005fconfig\" UESCAPE '!' ('my.secret', 'x', false)"));
    }

    @Test
    void nextRequestSeesNoStatementPreparedByDynamicSql() {
        leavesNothingBehind(rawExecute("DO $$ BEGIN EXECUTE 'PREPARE p AS SELECT 1'; END $$"));
    }

    @Test
    void nextRequestSeesNothingOfATransactionsSettings() {
        String before = sessionState();
        String id = SERVER.client().startTransaction(Map.of());
        SERVER.client().query(id, rawExecute("SET my.secret = 'x'"));
        SERVER.client().query(id, rawExecute("CREATE TEMP TABLE x ()"));
        SERVER.client().query(id, rawQuery("SELECT pg_advisory_lock(5)::text"));
        assertThat(SERVER.client().commit(id).status()).isEqualTo(200);
        assertThat(sessionState()).isEqualTo(before);
    }

    @Test
    void settingsApplyWithinARequest() {
        assertThat(SERVER.client()
                        .query(seq(
                                rawExecute("SET my.secret = 'x'"), query("SELECT current_setting('my.secret') AS s")))
                        .data())
                .isEqualTo("[{\"s\":\"x\"}]");
    }

    @Test
    void abandonedTransactionOfARequestIsRolledBack() {
        SERVER.client().query(rawExecute("BEGIN; INSERT INTO item (n) VALUES (424242)"));
        assertThat(SERVER.client()
                        .query(query("SELECT count(*)::int AS n FROM item WHERE n = 424242"))
                        .data())
                .isEqualTo("[{\"n\":0}]");
    }

    @Test
    void connectionIsKeptIfNothingWasChanged() {
        Map<String, ?> pid = query("SELECT pg_backend_pid() AS pid");
        String first = SERVER.client().query(pid).data();
        SERVER.client().query(rawExecute("SET my.secret = 'x'"));
        assertThat(SERVER.client().query(pid).data()).isEqualTo(first);
    }
}
