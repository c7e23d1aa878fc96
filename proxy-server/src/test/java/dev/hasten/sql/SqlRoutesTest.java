package dev.hasten.sql;

import static dev.hasten.sql.SqlClient.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of SQL over HTTP get the responses of Neon's proxy. */
@Tag("integration")
@Tag("postgres-version")
final class SqlRoutesTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, price numeric(10,2))",
            "CREATE TYPE mood AS ENUM ('sad', 'so so')");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("limits.max_sql_response_bytes", "100kb")
            .with("limits.query_timeout", "20s")
            .with("http.max_body_bytes", "200kb");

    private static final SqlClient CLIENT = new SqlClient(SERVER.client());

    @BeforeEach
    void seed() {
        POSTGRES.execute("TRUNCATE item", "INSERT INTO item VALUES (1, 'one', 1.50), (2, 'two', NULL)");
    }

    @Test
    void missingParameterAlwaysHasTheSameErrorAndKeepsTheConnection() {
        String pid = CLIENT.value("SELECT pg_backend_pid()");
        for (int i = 0; i < 4; i++) {
            for (Reply reply : List.of(
                    CLIENT.query("SELECT $1::int, $2::int", 1),
                    CLIENT.query("SELECT $1::int, $2::int"),
                    CLIENT.query("SELECT $1::int + $5::int", 1, 2, 3),
                    CLIENT.query("WITH x AS (SELECT $2::int) SELECT * FROM x", 1),
                    CLIENT.query("EXPLAIN SELECT $1::int, $2::int", 1),
                    CLIENT.query("", 1),
                    CLIENT.query("-- nothing", 1),
                    CLIENT.query("INSERT INTO item (id, name) VALUES ($1, $2)", 9))) {
                assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
                assertThat(state(reply)).as(reply.toString()).isIn("08P01", "42P18");
            }
        }
        assertThat(CLIENT.value("SELECT $1::int", 1)).isEqualTo("1");
        assertThat(CLIENT.value("SELECT pg_backend_pid()")).isEqualTo(pid);
    }

    @Test
    void exponentThatIsNotAnIntIsAClientError() {
        for (String number : List.of("1E+2147483648", "1e-2147483649", "-1.5e99999999999")) {
            for (String body : List.of(
                    "{\"query\":\"select $1::text\",\"params\":[%s]}",
                    "{\"query\":\"select $1::text\",\"params\":[[{\"a\":%s}]]}",
                    "{\"query\":%s}",
                    "{\"queries\":[%s]}")) {
                Reply reply = CLIENT.post(body.formatted(number), Map.of());
                assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
            }
        }
    }

    /** A statement is prepared for the number of parameters of its first use. */
    @Test
    void numberOfParametersMayChangeForTheSameText() {
        String text = "SELECT $1::text AS a, coalesce($2::text, '-') AS b";
        for (int i = 0; i < 8; i++) {
            assertThat(CLIENT.query(text, "x", "y").status()).isEqualTo(200);
            assertThat(CLIENT.query(text, "x").status()).isEqualTo(400);
            assertThat(CLIENT.query(text, "x", "y", "z").status()).isEqualTo(400);
            assertThat(CLIENT.query(text, (Object) null, null).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET client_encoding = 'LATIN1'",
                "SET client_encoding TO latin1",
                "SET LOCAL client_encoding TO 'SQL_ASCII'",
                "SET NAMES 'LATIN1'",
                "SET datestyle = 'German'",
                "SET SESSION datestyle TO sql, dmy",
                "SET DateStyle TO 'Postgres'",
                "SET \"datestyle\" = 'SQL'",
            })
    void settingThatWouldChangeTheFormatOfValuesIsRejected(String statement) {
        assertThat(state(CLIENT.query(statement))).isEqualTo("0A000");
        assertThat(state(CLIENT.transaction("SELECT 1", statement))).isEqualTo("0A000");
        assertThat(CLIENT.value("SELECT date '2026-01-31'::text")).isEqualTo("\"2026-01-31\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET client_encoding = 'UTF8'",
                "SET NAMES 'utf-8'",
                "SET datestyle = 'ISO, DMY'",
                "SET datestyle TO mdy",
                "RESET client_encoding",
                "SET search_path = public",
            })
    void settingThatKeepsTheFormatOfValuesIsAllowed(String statement) {
        assertThat(CLIENT.query(statement).status()).as(statement).isEqualTo(200);
    }

    /** With these settings, the driver would close the connection and report committed writes as failed. */
    @ParameterizedTest
    @ValueSource(strings = {"client_encoding LATIN1", "DateStyle German"})
    void settingInsideAStatementDoesNotHideThatTheStatementWrote(String setting) {
        String[] parts = setting.split(" ", -1);
        POSTGRES.execute("DROP TABLE IF EXISTS written", "CREATE TABLE written (n int)");
        Reply reply = CLIENT.query(
                "WITH w AS (INSERT INTO written VALUES (1)) SELECT set_config($1, $2, false)", parts[0], parts[1]);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(POSTGRES.value("SELECT count(*) FROM written")).isEqualTo("1");
        assertThat(CLIENT.value("SELECT date '2026-01-31'::text || 'é'")).isEqualTo("\"2026-01-31é\"");
    }

    @Test
    void rowsAreObjectsOfTypedValues() {
        Reply reply = CLIENT.query("SELECT id, name, price FROM item WHERE id >= $1 ORDER BY id", 1);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("rows"))
                .hasToString(
                        "[{\"id\":1,\"name\":\"one\",\"price\":\"1.50\"},{\"id\":2,\"name\":\"two\",\"price\":null}]");
        assertThat(reply.json().path("command").stringValue()).isEqualTo("SELECT");
        assertThat(reply.json().path("rowCount").intValue()).isEqualTo(2);
        assertThat(reply.json().path("rowAsArray").booleanValue()).isFalse();
    }

    @Test
    void fieldsHaveAllInformationOfPostgres() {
        Reply reply = CLIENT.query("SELECT price, 1 AS one FROM item");
        String table = POSTGRES.value("SELECT 'item'::regclass::oid");
        assertThat(reply.json().path("fields"))
                .hasToString(
                        "[{\"name\":\"price\",\"dataTypeID\":1700,\"tableID\":%s,\"columnID\":3,\"dataTypeSize\":-1,\"dataTypeModifier\":655366,\"format\":\"text\"},{\"name\":\"one\",\"dataTypeID\":23,\"tableID\":0,\"columnID\":0,\"dataTypeSize\":4,\"dataTypeModifier\":-1,\"format\":\"text\"}]"
                                .formatted(table));
    }

    @Test
    void headersCanRequestTextAndArrays() {
        Map<String, String> headers = Map.of("Neon-Raw-Text-Output", "true", "Neon-Array-Mode", "true");
        Reply reply = CLIENT.query(headers, "SELECT 1, true, '{\"a\": 1}'::json, NULL");
        assertThat(reply.json().path("rows")).hasToString("[[\"1\",\"t\",\"{\\\"a\\\": 1}\",null]]");
        assertThat(reply.json().path("rowAsArray").booleanValue()).isTrue();
        Reply other = CLIENT.query(Map.of("Neon-Raw-Text-Output", "TRUE", "Neon-Array-Mode", "1"), "SELECT 1 AS a");
        assertThat(other.json().path("rows")).hasToString("[{\"a\":1}]");
    }

    @Test
    void arrayModeOfTheStatementOverridesTheHeader() {
        Reply reply =
                CLIENT.post("{\"query\":\"SELECT 1 AS a\",\"arrayMode\":false}", Map.of("Neon-Array-Mode", "true"));
        assertThat(reply.json().path("rows")).hasToString("[{\"a\":1}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "true | true",
                "(-1)::int2 | -1",
                "2147483647 | 2147483647",
                "9007199254740993 | \"9007199254740993\"",
                "1.10 | \"1.10\"",
                "0.1::float8 | 0.1",
                "'NaN'::float8 | \"NaN\"",
                "'-Infinity'::float4 | \"-Infinity\"",
                "'{\"a\":[1, 2]}'::jsonb | {\"a\":[1,2]}",
                "'x\"y'::text | \"x\\\"y\"",
                "'2024-02-03 04:05:06'::timestamp | \"2024-02-03 04:05:06\"",
                "'\\xdead'::bytea | \"\\\\xdead\"",
                "ARRAY[1,NULL,3] | [1,null,3]",
                "ARRAY[[1,2],[3,4]] | [[1,2],[3,4]]",
                "'[0:1]={1,2}'::int[] | [1,2]",
                "'{}'::int[] | []",
                "ARRAY[true,false] | [true,false]",
                "ARRAY[1.5::float8,'NaN'] | [1.5,\"NaN\"]",
                "ARRAY['a','b,c','NULL',NULL,'\"'] | [\"a\",\"b,c\",\"NULL\",null,\"\\\"\"]",
                "ARRAY['{\"a\":1}'::json] | [{\"a\":1}]",
                "ARRAY[12345678901] | [\"12345678901\"]",
                "'{sad,\"so so\"}'::mood[] | [\"sad\",\"so so\"]",
                "'{(1,2),(0,0);(5,6),(3,4)}'::box[] | [\"(1,2),(0,0)\",\"(5,6),(3,4)\"]",
                "'1 2'::int2vector | \"1 2\"",
            })
    void valuesHaveTheJsonTypesOfNeon(String expression, String json) {
        assertThat(CLIENT.value("SELECT " + expression)).isEqualTo(json);
    }

    @Test
    void numbersInJsonAreWrittenAsByPostgres() {
        Map<String, String> arrays = Map.of("Neon-Array-Mode", "true");
        assertThat(CLIENT.query(arrays, "SELECT 1e300::float8, '-0'::float8, 1.5e-7::float4")
                        .text())
                .contains("\"rows\":[[1e+300,-0,1.5e-07]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "null | text | null",
                "true | bool | true",
                "41 | int | 41",
                "1.10000000000000000000000000001 | numeric | \"1.10000000000000000000000000001\"",
                "1e2 | float8 | 100",
                "123456789012345678901234567890 | numeric | \"123456789012345678901234567890\"",
                "\"x\" | text | \"x\"",
                "\"\" | text | \"\"",
                "{\"a\":{\"b\":[1,\"c\"]}} | jsonb | {\"a\":{\"b\":[1,\"c\"]}}",
                "[1,2] | int[] | [1,2]",
                "[[1],[2]] | int[] | [[1],[2]]",
                "[] | int[] | []",
                "[\"a\\\"b\",\"c\\\\d\",\"e\\nf\",null,\"NULL\"] | text[] |"
                        + " [\"a\\\"b\",\"c\\\\d\",\"e\\nf\",null,\"NULL\"]",
                "[{\"a\":\"b\\nc\"}] | jsonb[] | [{\"a\":\"b\\nc\"}]",
                "[true,null] | bool[] | [true,null]",
            })
    void parametersOfEveryKindArrive(String json, String type, String response) {
        Reply reply = CLIENT.post(
                "{\"query\":\"SELECT $1::%s\",\"params\":[%s],\"arrayMode\":true}".formatted(type, json), Map.of());
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.json().at("/rows/0/0")).hasToString(response);
    }

    @Test
    void parametersMayBeRepeatedAndInAnyOrder() {
        assertThat(CLIENT.value("SELECT $2::text || $1::text || $2::text", "a", "b"))
                .isEqualTo("\"bab\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO item VALUES (3, 'three') | INSERT | 1",
                "UPDATE item SET name = 'x' | UPDATE | 2",
                "DELETE FROM item WHERE id > 5 | DELETE | 0",
                "CREATE TEMP TABLE x (id int) | CREATE | null",
                "SHOW server_version | SHOW | null",
                "'' | '' | null",
                "/* nothing */ | '' | null",
            })
    void commandAndCountMatchTheCommandTag(String sql, String command, String count) {
        Reply reply = CLIENT.query(sql);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.json().path("command").stringValue()).isEqualTo(command);
        assertThat(reply.json().path("rowCount")).hasToString(count);
    }

    @Test
    void anErrorHasEveryFieldOfPostgres() {
        Reply reply = CLIENT.query("INSERT INTO item VALUES (1, 'again')");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().propertyNames())
                .containsExactly(
                        "message",
                        "code",
                        "detail",
                        "hint",
                        "position",
                        "internalPosition",
                        "internalQuery",
                        "severity",
                        "where",
                        "table",
                        "column",
                        "schema",
                        "dataType",
                        "constraint",
                        "file",
                        "line",
                        "routine");
        assertThat(reply.json().path("code").stringValue()).isEqualTo("23505");
        assertThat(reply.json().path("detail").stringValue()).isEqualTo("Key (id)=(1) already exists.");
        assertThat(reply.json().path("table").stringValue()).isEqualTo("item");
        assertThat(reply.json().path("schema").stringValue()).isEqualTo("public");
        assertThat(reply.json().path("constraint").stringValue()).isEqualTo("item_pkey");
        assertThat(reply.json().path("severity").stringValue()).isEqualTo("ERROR");
        assertThat(reply.json().path("hint").isNull()).isTrue();
        assertThat(CLIENT.query("SELECT x FROM item").json().path("position").stringValue())
                .isEqualTo("8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 1; SELECT 2 | 42601",
                "DELETE FROM item; SELECT 1 | 42601",
                "COPY item FROM STDIN | 0A000",
                "COPY item TO STDOUT | 0A000",
                "SELECT $1::int | 08P01",
                "SELEC | 42601",
            })
    void anythingButOneStatementIsRejectedAndTheNextQueryWorks(String sql, String state) {
        assertThat(state(CLIENT.query(sql))).isEqualTo(state);
        assertThat(CLIENT.value("SELECT count(*) FROM item")).isEqualTo("\"2\"");
    }

    @Test
    void statementsOfATransactionAreAtomic() {
        Reply reply = CLIENT.transaction("INSERT INTO item VALUES (3, 'three')", "SELECT count(*)::int AS n FROM item");
        assertThat(reply.json().path("results").size()).isEqualTo(2);
        assertThat(reply.json().at("/results/1/rows/0/n").intValue()).isEqualTo(3);
        assertThat(state(CLIENT.transaction("INSERT INTO item VALUES (4, 'four')", "SELECT 1/0")))
                .isEqualTo("22012");
        assertThat(CLIENT.value("SELECT count(*)::int FROM item")).isEqualTo("3");
    }

    @Test
    void aTransactionHasTheModeOfItsHeaders() {
        Map<String, String> headers = Map.of(
                "Neon-Batch-Isolation-Level", "Serializable",
                "Neon-Batch-Read-Only", "true",
                "Neon-Batch-Deferrable", "true");
        Reply reply = CLIENT.transaction(
                headers, "SHOW transaction_isolation", "SHOW transaction_read_only", "SHOW transaction_deferrable");
        assertThat(reply.json().at("/results/0/rows/0/transaction_isolation").stringValue())
                .isEqualTo("serializable");
        assertThat(reply.json().at("/results/1/rows/0/transaction_read_only").stringValue())
                .isEqualTo("on");
        assertThat(reply.json().at("/results/2/rows/0/transaction_deferrable").stringValue())
                .isEqualTo("on");
        headers.forEach((name, value) -> assertThat(reply.header(name)).isEqualTo(value));
        assertThat(state(CLIENT.transaction(headers, "INSERT INTO item VALUES (3, 'x')")))
                .isEqualTo("25006");
        assertThat(state(CLIENT.transaction(Map.of("Neon-Batch-Isolation-Level", "serializable"), "SELECT 1")))
                .isEqualTo("08P01");
    }

    @ParameterizedTest
    @CsvSource({
        "COMMIT",
        "END",
        "ROLLBACK",
        "ABORT",
        "/* x */ commit and chain",
        "PREPARE TRANSACTION 'x'",
    })
    void aStatementCannotEndTheTransactionThatItIsPartOf(String end) {
        Reply reply = CLIENT.transaction("INSERT INTO item VALUES (3, 'x')", end, "INSERT INTO item VALUES (4, 'x')");
        assertThat(state(reply)).isEqualTo("2D000");
        assertThat(CLIENT.value("SELECT count(*)::int FROM item")).isEqualTo("2");
    }

    @Test
    void savepointsWorkInATransaction() {
        Reply reply = CLIENT.transaction(
                "SAVEPOINT a", "DELETE FROM item", "ROLLBACK TO a", "SELECT count(*)::int AS n FROM item");
        assertThat(reply.json().at("/results/3/rows/0/n").intValue()).isEqualTo(2);
    }

    @Test
    void sessionsKeepNoState() {
        CLIENT.query("SET search_path = pg_catalog");
        CLIENT.query("BEGIN");
        CLIENT.query("CREATE TEMP TABLE left_behind (id int)");
        for (int i = 0; i < 12; i++) {
            assertThat(CLIENT.value("SELECT current_setting('search_path')")).doesNotContain("pg_catalog");
            assertThat(CLIENT.value("SELECT to_regclass('left_behind') IS NULL"))
                    .isEqualTo("true");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ | not valid JSON",
                "[] | must be a JSON object",
                "{} | `query` must be a string",
                "{\"query\":1} | `query` must be a string",
                "{\"query\":\"SELECT 1\",\"params\":{}} | `params` must be a list",
                "{\"query\":\"SELECT 1\",\"arrayMode\":1} | `arrayMode` must be true or false",
                "{\"queries\":{}} | `queries` must be a list",
                "{\"queries\":[{\"query\":\"SELECT 1\"},{}]} | `queries[1].query` must be a string",
                "{\"query\":\"SELECT 1\",\"queries\":[]} | not both",
                "{\"queries\":[],\"cacheStrategy\":{\"ttl\":1}} | only allowed with a single `query`",
                "{\"query\":\"SELECT 1\",\"params\":[\"\\u0000\"]} | invalid byte sequence for encoding \"UTF8\": 0x00",
                "{\"query\":\"SELECT 1\",\"params\":[1,[\"\\ud800\"]]} | `params[1]` contains a character",
                "{\"query\":\"SELECT '\\u0000'\"} | invalid byte sequence",
                "{\"query\":\"SELECT '\\ud800'\"} | `query` contains a character",
                "{\"query\":\"SELECT 1\",\"cacheStrategy\":1} | it must be an object",
                "{\"query\":\"SELECT 1\",\"cacheStrategy\":{\"ttl\":-1}} | `ttl` must be a whole number",
                "{\"query\":\"SELECT 1\",\"cacheStrategy\":{\"ttl\":1.5}} | `ttl` must be a whole number",
                "{\"query\":\"SELECT 1\",\"cacheStrategy\":{\"ttl\":1,\"tag\":[]}} | unknown field `tag`",
                "{\"query\":\"SELECT 1\",\"cacheStrategy\":{\"ttl\":1,\"tags\":[\"a b\"]}} | tag 'a b'",
                "{\"query\":\"SELECT 1\",\"cacheStrategy\":{\"ttl\":1,\"tags\":[1]}} | list of strings",
            })
    void aBadBodyIsRejectedWithTheReason(String body, String problem) {
        Reply reply = CLIENT.post(body, Map.of());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("message").stringValue()).contains(problem);
        assertThat(reply.json().size()).isEqualTo(17);
    }

    @Test
    void theKeyIsThePasswordOfTheConnectionString() {
        SqlClient keyless = new SqlClient(SERVER.clientWithKey("nonsense"));
        String good = "postgresql://app:" + TestServer.KEY.replace("-", "%2D") + "@db_host/x?sslmode=require";
        // A bearer token takes precedence.
        Reply wrong = keyless.query(Map.of("Neon-Connection-String", good), "SELECT 1");
        assertThat(wrong.json().path("code").stringValue()).isEqualTo("28P01");
        for (String connection : List.of(good, "postgres://:" + TestServer.KEY + "@h")) {
            assertThat(status(Map.of("Neon-Connection-String", connection))).isEqualTo(200);
        }
        assertThat(status(Map.of("Neon-Connection-String", "postgresql://app:wrong@h/d")))
                .isEqualTo(400);
        assertThat(status(Map.of())).isEqualTo(401);
        for (String malformed :
                List.of("x", "mysql://a:b@c/d", "postgresql://host/d", "postgresql://a@h", "postgresql://a:%@h")) {
            assertThat(status(Map.of("Neon-Connection-String", malformed)))
                    .as(malformed)
                    .isEqualTo(400);
        }
    }

    /** Returns the status of a request without a bearer token. */
    private static int status(Map<String, String> headers) {
        return SERVER.client()
                .withoutKey("/sql", "{\"query\":\"SELECT 1\"}", headers)
                .status();
    }

    @Test
    void aKeyNeedsTheScope() {
        String token = SERVER.server()
                .keys()
                .create("prisma only", "default", Set.of(KeyScope.PRISMA), null)
                .token();
        Reply reply = new SqlClient(SERVER.clientWithKey(token)).query("SELECT 1");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(state(reply)).isEqualTo("42501");
        assertThat(reply.json().path("message").stringValue()).contains("sql");
    }

    /** Neon's driver reads the fields of an error only then. */
    @Test
    void errorOfARequestWithAConnectionStringHasStatus400() {
        Map<String, String> driver = Map.of("Neon-Connection-String", "postgresql://app:" + TestServer.KEY + "@h/d");
        for (Reply reply : List.of(
                CLIENT.query(driver, "SELECT $1", "x".repeat(300_000)),
                CLIENT.query(driver, "SELECT repeat('x', 150000)"),
                CLIENT.query(driver, "SELECT 1/0"))) {
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().size()).isEqualTo(17);
        }
        assertThat(CLIENT.query(driver, "SELECT 1").status()).isEqualTo(200);
        Reply wrong = SERVER.client()
                .withoutKey(
                        "/sql",
                        "{\"query\":\"SELECT 1\"}",
                        Map.of("Neon-Connection-String", "postgresql://an%20app:wrong@h/d"));
        assertThat(wrong.json().path("message").stringValue())
                .isEqualTo("password authentication failed for user \"an app\"");
        assertThat(state(wrong)).isEqualTo("28P01");
    }

    @Test
    void surplusParametersHaveTheErrorOfPostgres() {
        for (String statement : List.of(
                "SELECT $1",
                "SELECT $1::int, '$2'",
                "INSERT INTO item (id) VALUES ($1)",
                "WITH x AS (SELECT $1::int) TABLE x",
                "EXPLAIN SELECT $1::int")) {
            Reply reply = CLIENT.query(statement, 5, 6);
            assertThat(reply.json().path("message").stringValue())
                    .as(statement)
                    .isEqualTo("bind message supplies 2 parameters, but prepared statement \"\" requires 1");
            assertThat(state(reply)).isEqualTo("08P01");
        }
        for (String statement :
                List.of("SELECT '$1'", "DO $$ BEGIN PERFORM '$1'; END $$", "SHOW server_version", "BEGIN")) {
            assertThat(CLIENT.query(statement, 5).json().path("message").stringValue())
                    .as(statement)
                    .endsWith("supplies 1 parameters, but prepared statement \"\" requires 0");
        }
    }

    @Test
    void lastOfSeveralColumnsWithOneNameIsReturned() {
        assertThat(CLIENT.query("SELECT 1 AS a, 2 AS b, 3 AS a").text()).contains("\"rows\":[{\"b\":2,\"a\":3}]");
        assertThat(CLIENT.query(Map.of("Neon-Array-Mode", "true"), "SELECT 1 AS a, 2 AS a")
                        .text())
                .contains("\"rows\":[[1,2]]");
    }

    @Test
    void sizeErrorsHaveTheSameShape() {
        Reply body = CLIENT.query("SELECT $1", "x".repeat(300_000));
        assertThat(body.status()).isEqualTo(413);
        assertThat(body.json().size()).isEqualTo(17);
        Reply response = CLIENT.query("SELECT repeat('x', 150000)");
        assertThat(response.status()).isEqualTo(507);
        assertThat(response.json().size()).isEqualTo(17);
        Reply result = CLIENT.query("SELECT repeat('x', 1000) FROM generate_series(1, 10000)");
        assertThat(result.status()).isEqualTo(507);
        assertThat(CLIENT.value("SELECT 1")).isEqualTo("1");
    }

    @Test
    void aTransactionWithATooLargeResponseHasNoEffect() {
        Reply reply = CLIENT.transaction("DELETE FROM item", "SELECT repeat('x', 150000)");
        assertThat(reply.status()).isEqualTo(507);
        assertThat(CLIENT.value("SELECT count(*)::int FROM item")).isEqualTo("2");
    }

    @Test
    void aDisconnectCancelsTheStatement() {
        CompletableFuture<Reply> reply =
                SERVER.client().postLater("/sql", "{\"query\":\"SELECT pg_sleep(60) /* left */\"}");
        String running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%/* left */' AND state = 'active'";
        await().until(() -> POSTGRES.value(running).equals("1"));
        reply.cancel(true);
        await().until(() -> POSTGRES.value(running).equals("0"));
    }

    @Test
    void aStatementIsCancelledAtItsDeadline() {
        try (TestServer impatient =
                TestServer.on(POSTGRES).with("limits.query_timeout", "300ms").start()) {
            Reply reply = new SqlClient(impatient.client()).query("SELECT pg_sleep(60)");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(state(reply)).isEqualTo("57014");
        }
    }

    @Test
    void aDatabaseThatIsDownIsNotAStatementError() {
        try (TestServer down =
                TestServer.on("postgresql://nobody@127.0.0.1:1/none").start()) {
            Reply reply = new SqlClient(down.client()).query("SELECT 1");
            assertThat(reply.status()).isEqualTo(503);
            assertThat(state(reply)).isEqualTo("08001");
        }
    }

    @Test
    void aMigrationCausesNoError() {
        POSTGRES.execute("CREATE TABLE changing (a int)", "INSERT INTO changing VALUES (1)");
        for (int i = 0; i < 30; i++) {
            assertThat(CLIENT.query("SELECT * FROM changing").status()).isEqualTo(200);
        }
        POSTGRES.execute("ALTER TABLE changing ADD COLUMN b text DEFAULT 'new'");
        for (int i = 0; i < 30; i++) {
            assertThat(CLIENT.query("SELECT * FROM changing").json().path("rows"))
                    .hasToString("[{\"a\":1,\"b\":\"new\"}]");
        }
    }
}
