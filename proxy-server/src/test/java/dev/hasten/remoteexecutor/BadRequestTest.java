package dev.hasten.remoteexecutor;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.generator;
import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.param;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.shape;
import static dev.hasten.testing.Plans.template;
import static dev.hasten.testing.Plans.templateOfTypes;
import static dev.hasten.testing.Plans.text;
import static dev.hasten.testing.Plans.tuple;
import static dev.hasten.testing.Plans.tupleList;
import static dev.hasten.testing.Plans.type;
import static dev.hasten.testing.Plans.value;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every invalid request gets a clear error and does not affect others. */
@Tag("integration")
@Tag("postgres-version")
final class BadRequestTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY, t text)");

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.on(POSTGRES).with("pool.size", 2).with("http.max_body_bytes", "4mb");

    private static final Client CLIENT = SERVER.client();

    @AfterEach
    void theServerIsHealthy() {
        assertThat(CLIENT.query(query("SELECT 1 AS a")).data()).isEqualTo("[{\"a\":1}]");
        assertThat(CLIENT.get("/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"timeout", "maxWait"})
    void numberOfAnySizeIsCheckedAgainstTheRange(String name) {
        for (String number : List.of("9".repeat(400), "-" + "9".repeat(400), "1e400", "1e-400", "-0", "0.0")) {
            refused(CLIENT.post("/transaction/start", "{\"%s\":%s}".formatted(name, number)), 400, "P6005");
        }
    }

    @Test
    void nulInSqlIsRejectedBeforeItIsSent() {
        Reply reply = refused(CLIENT.query(rawQuery("SELECT 'a\0b'")), 400, "P2010");
        assertThat(reply.error()).contains("22021");
    }

    @Test
    void columnTypeThatPrismaCannotReadCausesNoRetry() {
        Reply reply = refused(CLIENT.query(rawQuery("SELECT interval '1 day'")), 400, "P2010");
        assertThat(reply.error()).contains("Code: `0A000`");
    }

    /** Checks that the reply is a client error in the common format that reveals no internals. */
    private static Reply refused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.code()).as(reply.toString()).isEqualTo(code);
        assertThat(reply.header("Prisma-Error-Code")).isEqualTo(code);
        assertThat(reply.json().get("is_panic").booleanValue()).isFalse();
        assertThat(reply.json().get("message").stringValue()).isEqualTo(reply.error());
        assertThat(reply.json().get("error_code").stringValue()).isEqualTo(code);
        givesNothingAway(reply);
        return reply;
    }

    private static void givesNothingAway(Reply reply) {
        assertThat(reply.text())
                .doesNotContain(
                        "Exception", "\\tat ", "dev.hasten", "java.", "org.postgresql", ".java", "/tmp/", "jdbc:")
                .doesNotContain(POSTGRES.url());
    }

    private static Reply send(String body) {
        return CLIENT.post("/query", body);
    }

    private static Reply run(Map<String, ?> plan) {
        return CLIENT.query(plan);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "null",
                "[]",
                "1",
                "\"x\"",
                "{",
                "{\"operation\":",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{}}x",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{}}{}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{},}",
                "{'operation':'x'}",
                "{\"operation\":\"x\",\"plan\":{\"type\":NaN},\"params\":{}}",
                "{\"operation\":\"\\ud8\",\"plan\":{},\"params\":{}}",
                "{}",
                "{\"plan\":{\"type\":\"unit\"},\"params\":{}}",
                "{\"operation\":\"x\",\"params\":{}}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"}}",
                "{\"operation\":1,\"plan\":{\"type\":\"unit\"},\"params\":{}}",
                "{\"operation\":null,\"plan\":{\"type\":\"unit\"},\"params\":{}}",
                "{\"operation\":\"\",\"plan\":{\"type\":\"unit\"},\"params\":{}}",
                "{\"operation\":\"x\",\"model\":[],\"plan\":{\"type\":\"unit\"},\"params\":{}}",
                "{\"operation\":\"x\",\"plan\":[],\"params\":{}}",
                "{\"operation\":\"x\",\"plan\":\"unit\",\"params\":{}}",
                "{\"operation\":\"x\",\"plan\":null,\"params\":{}}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":[]}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":null}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{},\"comments\":[]}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{},\"comments\":{\"a\":1}}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{},\"comments\":{\"a\":null}}",
            })
    void bodyOfAnotherShapeIsRefused(String body) {
        assertThat(refused(send(body), 400, "P6000").error()).startsWith("Invalid request body");
    }

    @Test
    void unknownFieldsAreIgnored() {
        assertThat(send("{\"new\":{\"a\":[{}]},\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{},\"z\":1}")
                        .text())
                .isEqualTo("{}");
    }

    static Stream<byte[]> bytesThatAreNoUtf8Json() {
        String good = Client.body(value("\u00e4"), Map.of());
        return Stream.of(
                good.getBytes(ISO_8859_1),
                good.getBytes(UTF_16),
                good.getBytes(java.nio.charset.Charset.forName("UTF-32LE")),
                new byte[] {0, 0, 0, 0},
                new byte[] {(byte) 0xff, (byte) 0xfe},
                new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
                "{\"operation\":\"\u00c0\u0080\"}".getBytes(ISO_8859_1),
                "{\"operation\":\"a\0b\"}".getBytes(UTF_8));
    }

    @ParameterizedTest
    @MethodSource("bytesThatAreNoUtf8Json")
    void bytesThatAreNotUtf8JsonAreRejected(byte[] body) {
        refused(CLIENT.post("/query", body, Map.of()), 400, "P6000");
    }

    @Test
    void nestingIsLimitedInPlanAndParameters() {
        String deepList = "[".repeat(600) + "]".repeat(600);
        String deepPlan = "{\"type\":\"reverse\",\"args\":".repeat(600) + "{\"type\":\"unit\"}" + "}".repeat(600);
        for (String body : List.of(
                "{\"operation\":\"x\",\"plan\":" + deepPlan + ",\"params\":{}}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{\"a\":" + deepList + "}}",
                "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{},\"unknown\":" + deepList + "}",
                "[".repeat(100_000))) {
            refused(send(body), 400, "P6000");
        }
        assertThat(send("{\"operation\":\"x\",\"plan\":" + deepPlan + ",\"params\":{}}")
                        .error())
                .contains("500");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"teleport\",\"args\":{}}",
                "{\"type\":\"seq\",\"args\":[{\"type\":\"teleport\"}]}",
                "{\"type\":\"query\",\"args\":{\"type\":\"teleport\",\"args\":[]}}",
                "{\"type\":\"query\",\"args\":{\"type\":\"templateSql\",\"fragments\":[{\"type\":\"teleport\"}],\"args\":[]}}",
                "{\"type\":\"dataMap\",\"args\":{\"expr\":{\"type\":\"unit\"},\"structure\":{\"type\":\"teleport\"},\"enums\":{}}}",
                "{\"type\":\"dataMap\",\"args\":{\"expr\":{\"type\":\"unit\"},\"structure\":{\"type\":\"field\",\"fieldType\":{\"arity\":\"scalar\",\"type\":\"teleport\"}},\"enums\":{}}}",
                "{\"type\":\"if\",\"args\":{\"value\":{\"type\":\"unit\"},\"rule\":{\"type\":\"teleport\"},\"then\":{\"type\":\"unit\"},\"else\":{\"type\":\"unit\"}}}",
                "{\"type\":\"validate\",\"args\":{\"expr\":{\"type\":\"unit\"},\"rules\":[],\"errorIdentifier\":\"teleport\",\"context\":{}}}",
                "{\"type\":\"mapRecord\",\"args\":{\"expr\":{\"type\":\"unit\"},\"fields\":{\"a\":{\"type\":\"teleport\",\"value\":1}}}}",
            })
    void unknownConstructsOfNewerClientsAreNamed(String plan) {
        Reply reply = refused(send("{\"operation\":\"x\",\"plan\":" + plan + ",\"params\":{}}"), 400, "P6006");
        assertThat(reply.error()).containsIgnoringCase("`teleport`");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":1}",
                "{\"type\":null}",
                "{\"type\":\"value\"}",
                "{\"type\":\"seq\",\"args\":{}}",
                "{\"type\":\"seq\",\"args\":[1]}",
                "{\"type\":\"get\",\"args\":{}}",
                "{\"type\":\"get\",\"args\":{\"name\":1}}",
                "{\"type\":\"let\",\"args\":{\"bindings\":[{}],\"expr\":{\"type\":\"unit\"}}}",
                "{\"type\":\"let\",\"args\":{\"bindings\":[]}}",
                "{\"type\":\"getFirstNonEmpty\",\"args\":{\"names\":[1]}}",
                "{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":1,\"args\":[]}}",
                "{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":\"x\"}}",
                "{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":\"x\",\"args\":[],\"argTypes\":[1]}}",
                "{\"type\":\"query\",\"args\":{\"type\":\"templateSql\",\"fragments\":[],\"args\":[]}}",
                "{\"type\":\"join\",\"args\":{\"parent\":{\"type\":\"unit\"},\"children\":[{\"on\":[[\"a\"]]}]}}",
                "{\"type\":\"validate\",\"args\":{\"expr\":{\"type\":\"unit\"},\"rules\":[],\"errorIdentifier\":\"MISSING_RECORD\"}}",
                "{\"type\":\"validate\",\"args\":{\"expr\":{\"type\":\"unit\"},\"rules\":[{\"type\":\"rowCountEq\",\"args\":1.5}],\"errorIdentifier\":\"MISSING_RECORD\",\"context\":{}}}",
                "{\"type\":\"validate\",\"args\":{\"expr\":{\"type\":\"unit\"},\"rules\":[{\"type\":\"rowCountEq\",\"args\":99999999999999999999}],\"errorIdentifier\":\"MISSING_RECORD\",\"context\":{}}}",
                "{\"type\":\"process\",\"args\":{\"expr\":{\"type\":\"unit\"},\"operations\":{\"pagination\":{\"take\":\"1\"}}}}",
                "{\"type\":\"process\",\"args\":{\"expr\":{\"type\":\"unit\"},\"operations\":{\"distinct\":\"a\"}}}",
                "{\"type\":\"value\",\"args\":{\"prisma__type\":\"param\"}}",
                "{\"type\":\"value\",\"args\":{\"prisma__type\":\"param\",\"prisma__value\":{}}}",
                "{\"type\":\"value\",\"args\":{\"prisma__type\":\"generatorCall\",\"prisma__value\":{\"name\":\"uuid\"}}}",
                "{\"type\":\"dataMap\",\"args\":{\"expr\":{\"type\":\"unit\"},\"structure\":{\"type\":\"object\",\"fields\":[]},\"enums\":{}}}",
                "{\"type\":\"dataMap\",\"args\":{\"expr\":{\"type\":\"unit\"},\"structure\":{\"type\":\"affectedRows\"},\"enums\":{\"E\":{\"a\":1}}}}",
            })
    void malformedPlanIsRejectedWithItsLocation(String plan) {
        Reply reply = refused(send("{\"operation\":\"x\",\"plan\":" + plan + ",\"params\":{}}"), 400, "P6000");
        assertThat(reply.error()).startsWith("Malformed query plan: `");
    }

    @Test
    void malformedParameterIsRefused() {
        refused(
                send(
                        "{\"operation\":\"x\",\"plan\":{\"type\":\"unit\"},\"params\":{\"a\":{\"prisma__type\":\"param\"}}}"),
                400,
                "P6000");
    }

    @Test
    void missingParameterIsNamed() {
        Reply reply = run(value(param("absent", "Int")));
        assertThat(reply.error()).isEqualTo("Missing value for query variable absent");
        givesNothingAway(reply);
    }

    @Test
    void parametersThatReferToEachOtherAreRejected() {
        Reply reply = CLIENT.query(value(param("a", "Int")), object("a", param("b", "Int"), "b", param("a", "Int")));
        assertThat(refused(reply, 500, "P6000").error()).startsWith("Query variables refer to each other in a cycle");
    }

    @Test
    void parameterThatRefersToItselfIsRejected() {
        Reply reply = CLIENT.query(value(param("a", "Int")), object("a", list(param("a", "Int"))));
        assertThat(refused(reply, 500, "P6000").error()).startsWith("Query variables refer to each other in a cycle");
    }

    static Stream<Map<String, ?>> wrongGenerators() {
        return Stream.of(
                generator("teleport"),
                generator("uuid"),
                generator("uuid", 5),
                generator("uuid", "4"),
                generator("cuid", 3),
                generator("nanoid", "x"),
                generator("nanoid", -1),
                generator("nanoid", 1e9),
                generator("product"),
                generator("product", list(1)));
    }

    @ParameterizedTest
    @MethodSource("wrongGenerators")
    void invalidGeneratorCallHasAClearError(Map<String, ?> call) {
        Reply reply = run(value(call));
        assertThat(refused(reply, 500, "P6000").error()).containsIgnoringCase("generator");
    }

    @Test
    void productThatExceedsMemoryIsRejected() {
        Object[] many = new Object[50_000];
        Arrays.fill(many, 1);
        Reply reply = CLIENT.query(
                value(generator("product", param("a", "Int"), param("a", "Int"))), object("a", list(many)));
        refused(reply, 422, "P6009");
        assertThat(reply.error()).startsWith("The query plan exceeds the limit of 4000000 list elements");
    }

    @Test
    void templateWithTooFewArgumentsHasAClearError() {
        Reply reply =
                run(node("query", template(List.of(text("SELECT "), object("type", "parameter")), List.of(), false)));
        assertThat(reply.error()).isEqualTo("Malformed query template. Fragments attempt to read over 0 parameters.");
    }

    @Test
    void templateWithTooFewTypesHasAClearError() {
        Reply reply =
                run(node("query", template(List.of(text("SELECT 1 WHERE 1 IN "), tuple()), List.of(), false, list(1))));
        assertThat(refused(reply, 500, "P6000").error()).startsWith("Malformed query template.");
    }

    @Test
    void tupleListOfAnotherShapeHasAClearError() {
        for (Object argument : new Object[] {null, 1, list(), list(1), list(list(1, 2), list(3))}) {
            Reply reply = run(node(
                    "query",
                    template(
                            List.of(text("INSERT INTO item (id) VALUES "), tupleList()),
                            List.of(object("arity", "tuple", "elements", List.of(type("int"), type("int")))),
                            false,
                            argument)));
            assertThat(reply.error()).as(String.valueOf(argument)).startsWith("Malformed query template.");
            refused(reply, 500, "P6000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "", "2026-13-45", "99999999999999999"})
    void invalidDateHasAClearError(String date) {
        Reply typed = CLIENT.query(query("SELECT ?::timestamp AS t", param("p", "DateTime")), object("p", date));
        assertThat(typed.status()).as(typed.toString()).isEqualTo(400);
        givesNothingAway(typed);
        Reply untyped = run(node(
                "query",
                templateOfTypes(new String[] {"SELECT ", "::timestamp AS t"}, List.of(type("datetime")), date)));
        assertThat(untyped.status()).as(untyped.toString()).isEqualTo(400);
        givesNothingAway(untyped);
    }

    @Test
    void bytesThatAreNotBase64AreRejected() {
        Reply reply = run(node(
                "query", templateOfTypes(new String[] {"SELECT ", "::bytea AS b"}, List.of(type("bytes")), "%%%")));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("base64");
    }

    @ParameterizedTest
    @CsvSource({
        "1e400, Infinity",
        "-1e400, -Infinity",
        "1e-400, 0",
        "123456789012345678901234567890, 123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890, 0.12345678901234568",
        "-0, 0",
        "1E5, 100000"
    })
    void numbersOfAnySizeAreAccepted(String number, String text) {
        Reply reply = send(
                "{\"operation\":\"x\",\"plan\":{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":\"SELECT $1::text\","
                        + "\"args\":[" + number
                        + "],\"argTypes\":[{\"arity\":\"scalar\",\"scalarType\":\"unknown\"}]}},\"params\":{}}");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.json().at("/data/rows/0/0").stringValue()).isEqualTo(text);
    }

    @Test
    void numberOfTooManyDigitsIsRefused() {
        Reply reply = send("{\"operation\":\"x\",\"plan\":{\"type\":\"value\",\"args\":" + "9".repeat(20_000)
                + "},\"params\":{}}");
        refused(reply, 400, "P6000");
    }

    @Test
    void nulCharacterIsRefusedByPostgres() {
        Reply inParameter = refused(run(rawQuery("SELECT $1::text", "a\0b")), 400, "P2010");
        assertThat(inParameter.error()).contains("22021");
        Reply inCompiled = run(query("SELECT ?::text AS t", "a\0b"));
        assertThat(inCompiled.status()).isEqualTo(400);
        Reply inList = run(rawQuery("SELECT $1::text[]", list("a\0b")));
        assertThat(inList.status()).isEqualTo(400);
    }

    @Test
    void nulCharacterInSqlIsRefused() {
        Reply extended = run(rawQuery("SELECT 1 AS a\0; DROP TABLE item"));
        assertThat(extended.status()).isEqualTo(400);
        givesNothingAway(extended);
        Reply simple = run(rawQuery("SELECT 1; SELECT 2 \0 SELECT 3"));
        assertThat(simple.status()).isEqualTo(400);
        givesNothingAway(simple);
    }

    @Test
    void loneSurrogateBecomesTheReplacementCharacter() {
        Reply reply = send(
                "{\"operation\":\"x\",\"plan\":{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":\"SELECT $1::text AS t\","
                        + "\"args\":[\"a\\ud800b\\udc00\"],\"argTypes\":[{\"arity\":\"scalar\",\"scalarType\":\"string\"}]}},\"params\":{}}");
        assertThat(reply.json().at("/data/rows/0/0").stringValue()).isEqualTo("a\uFFFDb\uFFFD");
        Reply echoed = send("{\"operation\":\"x\",\"plan\":{\"type\":\"value\",\"args\":\"\\ud800\"},\"params\":{}}");
        assertThat(echoed.status()).isEqualTo(200);
        Reply inSql = send(
                "{\"operation\":\"x\",\"plan\":{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":\"SELECT '\\udfff'\","
                        + "\"args\":[],\"argTypes\":[]}},\"params\":{}}");
        assertThat(inSql.status()).isEqualTo(200);
    }

    @Test
    void tooManyParametersForTheProtocolAreP2029() {
        Object[] values = new Object[70_000];
        Arrays.fill(values, 1);
        refused(run(rawQuery("SELECT 1", values)), 400, "P2029");
        Reply template = run(node(
                "query",
                template(
                        List.of(text("SELECT 1 AS a WHERE 1 IN "), tuple()),
                        List.of(type("int")),
                        false,
                        list(values))));
        refused(template, 400, "P2029");
    }

    @ParameterizedTest
    @CsvSource({
        "*/ ; DROP TABLE item; /*",
        "'",
        "\\'",
        "*",
        "/",
        "/*",
        "--",
        "a\nb",
        "\0",
        "%00",
        "$1",
        "$$",
        "\uD83D\uDE00",
    })
    void commentCannotBeEscaped(String hostile) {
        Map<String, Object> body = Map.of(
                "operation", "x",
                "plan", query("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()"),
                "params", Map.of(),
                "comments", Map.of(hostile, hostile, "k", hostile));
        Reply reply = send(tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(body));
        String sql = reply.json().at("/data/0/query").stringValue();
        assertThat(sql).matches("(?s)SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid\\(\\) /\\*.*\\*/");
        String comment = sql.substring(sql.indexOf("/*") + 2, sql.length() - 2);
        assertThat(comment).doesNotContain("*/", "/*", "\n", "\0");
        assertThat(POSTGRES.value("SELECT to_regclass('item')::text")).isEqualTo("item");
    }

    @Test
    void hugeBodyIsRefused() {
        Reply reply = send(Client.body(value("x".repeat(5 << 20)), Map.of()));
        assertThat(reply.status()).isEqualTo(413);
        givesNothingAway(reply);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /, 404",
        "POST, /nothing, 404",
        "POST, /query/, 404",
        "POST, /transaction, 404",
        "POST, /transaction//query, 404",
        "POST, /transaction/a/b/c, 404",
        "GET, /query, 405",
        "DELETE, /query, 405",
        "POST, /health, 405",
        "PUT, /transaction/start, 405",
    })
    void unknownPathOrMethodIsRejected(String method, String path, int status) {
        Reply reply = CLIENT.call(method, path, method.equals("GET") ? "" : "{}");
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.code()).isNotEmpty();
        givesNothingAway(reply);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/jsonx",
                "multipart/form-data",
                "json"
            })
    void otherContentTypesAreRefused(String type) {
        Reply reply =
                CLIENT.post("/query", Client.body(value(1), Map.of()).getBytes(UTF_8), Map.of("Content-Type", type));
        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.error()).contains("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=UTF-8"
            })
    void jsonContentTypeIsAcceptedInAllSpellings(String type) {
        assertThat(CLIENT.post("/query", Client.body(value(1), Map.of()).getBytes(UTF_8), Map.of("Content-Type", type))
                        .data())
                .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong", "test-key-0123456789-abcdefghijklmno", "test-key-0123456789-abcdefghijklmnopq"})
    void wrongKeyIsRejectedForEveryRequest(String key) {
        Client stranger = SERVER.clientWithKey(key);
        for (Reply reply : List.of(
                stranger.query(value(1)),
                stranger.post("/query", "{"),
                stranger.get("/connection-info"),
                stranger.post("/transaction/start", "{}"),
                stranger.commit("nothing"))) {
            refused(reply, 401, "P6002");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Basic dGVzdA==", TestServer.KEY, "Bearer  a b"})
    void headerWithoutAKeyIsRefused(String header) {
        refused(
                CLIENT.post("/query", Client.body(value(1), Map.of()).getBytes(UTF_8), Map.of("Authorization", header)),
                401,
                "P6002");
    }

    @Test
    void unknownTelemetryIsRefused() {
        refused(
                CLIENT.post(
                        "/query",
                        Client.body(value(1), Map.of()).getBytes(UTF_8),
                        Map.of("X-Capture-Telemetry", "query, everything")),
                400,
                "P6000");
    }

    @Test
    void dataThatDoesNotFitTheShapeIsP2023() {
        refused(run(dataMap(query("SELECT 1 AS a"), shape("b", field("int")))), 400, "P2023");
        refused(run(dataMap(query("SELECT 1 AS a"), shape("a", field("string")))), 400, "P2023");
        refused(run(dataMap(query("SELECT 'x' AS a"), shape("a", field("int")))), 400, "P2023");
        refused(run(dataMap(value(1), shape("a", field("int")))), 400, "P2023");
        refused(run(dataMap(value("{"), shape("a", field("int")))), 400, "P2023");
        refused(run(dataMap(value(list(1)), shape("a", field("int")))), 400, "P2023");
    }

    @Test
    void nodesReportValuesOfTheWrongKind() {
        for (Map<String, ?> plan : List.<Map<String, ?>>of(
                node("sum", List.of(value(true), value(1))),
                node("mapRecord", object("expr", value(1), "fields", object("a", object("type", "set", "value", 1)))),
                node("diff", object("from", value(list(1)), "to", value(list(1)), "fields", List.of("a"))),
                node(
                        "process",
                        object(
                                "expr",
                                value(list(1)),
                                "operations",
                                object(
                                        "pagination",
                                        null,
                                        "distinct",
                                        List.of("a"),
                                        "reverse",
                                        false,
                                        "linkingFields",
                                        null,
                                        "nested",
                                        object()))),
                node(
                        "join",
                        object(
                                "parent",
                                value(list(object("a", 1), null)),
                                "children",
                                List.of(object(
                                        "child",
                                        value(list()),
                                        "on",
                                        List.of(List.of("a", "b")),
                                        "parentField",
                                        "c",
                                        "isRelationUnique",
                                        false)),
                                "canAssumeStrictEquality",
                                true)))) {
            Reply reply = refused(run(plan), 500, "P6000");
            assertThat(reply.error()).as(plan.toString()).startsWith("Expected ");
        }
    }

    @Test
    void invalidCursorValuesHaveAClearError() {
        for (Object[] pair : new Object[][] {{"SELECT '\\x00'::bytea AS a", "%%%"}, {"SELECT 1 AS a", "x"}}) {
            Reply reply = run(node(
                    "process",
                    object(
                            "expr",
                            query((String) pair[0]),
                            "operations",
                            object(
                                    "pagination",
                                    object("cursor", object("a", pair[1]), "take", null, "skip", null),
                                    "distinct",
                                    null,
                                    "reverse",
                                    false,
                                    "linkingFields",
                                    null,
                                    "nested",
                                    object()))));
            assertThat(reply.error()).doesNotContain("Internal server error");
        }
    }
}
