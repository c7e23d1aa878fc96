package dev.hasten.plan;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.get;
import static dev.hasten.testing.Plans.join;
import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.param;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.template;
import static dev.hasten.testing.Plans.text;
import static dev.hasten.testing.Plans.tuple;
import static dev.hasten.testing.Plans.type;
import static dev.hasten.testing.Plans.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Small plans that need much memory or time are rejected, whichever part of the plan needs it. */
@Tag("integration")
final class PlanMemoryTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.on(POSTGRES).with("memory.budget", "64mb").with("pool.size", 1);

    private static final Client CLIENT = SERVER.client();

    @AfterEach
    void nothingIsHeldAnyMore() {
        assertThat(CLIENT.query(query("SELECT 1 AS a")).status()).isEqualTo(200);
    }

    private static void refused(Map<String, ?> plan) {
        refused(CLIENT.query(plan));
    }

    private static void refused(Reply reply) {
        assertThat(reply.code()).as(reply.toString()).isIn("P5011", "P6009");
        assertThat(reply.status()).isIn(422, 429, 503);
    }

    /** 2^depth strings, but the two halves of each level are the same object: tiny until it is serialized. */
    private static Map<String, ?> shared(int depth, String leaf, Object body) {
        List<Object> bindings = new ArrayList<>();
        bindings.add(object("name", "x0", "expr", value(leaf)));
        for (int i = 1; i <= depth; i++) {
            Object half = object("type", "value", "value", param("x" + (i - 1), "Any"));
            bindings.add(object(
                    "name",
                    "x" + i,
                    "expr",
                    node(
                            "initializeRecord",
                            object("expr", object("type", "unit"), "fields", object("a", half, "b", half)))));
        }
        return node("let", object("bindings", bindings, "expr", body));
    }

    @Test
    void sharedStructureInAKey() {
        refused(shared(
                24,
                "y".repeat(1000),
                node(
                        "process",
                        object(
                                "expr",
                                node("concat", list(get("x24"))),
                                "operations",
                                object("distinct", list("a"))))));
    }

    @Test
    void sharedStructureAsAParameter() {
        refused(shared(20, "y".repeat(1000), node("query", raw("SELECT length($1::text)", param("x20", "Any")))));
    }

    @Test
    void copiedSharedStructure() {
        refused(shared(25, "y", seq(value(param("x25", "Any")), value(1))));
    }

    @Test
    void manyCopiesOfShortLists() {
        List<Object> bindings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            bindings.add(object("name", "x" + i, "expr", value(param("lists", "Any"))));
        }
        Map<String, ?> plan = node("let", object("bindings", bindings, "expr", value(1)));
        refused(CLIENT.query(plan, Map.of("lists", Collections.nCopies(50_000, List.of()))));
    }

    @Test
    void statementWithALongTextForEveryParameter() {
        Map<String, ?> tuple = object(
                "type", "parameterTuple", "itemPrefix", "y".repeat(10_000), "itemSeparator", ",", "itemSuffix", "");
        refused(node(
                "query",
                template(
                        List.of(text("SELECT "), tuple),
                        List.of(type("unknown")),
                        false,
                        Collections.nCopies(5_000, "z"))));
    }

    /** A statement whose arguments name one large value many times. */
    private static Reply repeated(Object argument, int count, String type, String value) {
        List<Object> arguments = Collections.nCopies(count, argument);
        Map<String, ?> statement = object(
                "type",
                "rawSql",
                "sql",
                "SELECT $" + count + "::text AS a",
                "args",
                arguments,
                "argTypes",
                Collections.nCopies(count, type(type)));
        return CLIENT.query(node("query", statement), Map.of("p", value));
    }

    @Test
    void largeValueManyTimesInAnArray() {
        refused(repeated(Collections.nCopies(1000, param("p", "Any")), 1, "unknown", "y".repeat(1_000_000)));
    }

    @Test
    void largeBase64ManyTimes() {
        refused(repeated(param("p", "Any"), 600, "bytes", "AAAA".repeat(250_000)));
    }

    @Test
    void largeTextWithHalvesOfSurrogatePairsManyTimes() {
        refused(repeated(param("p", "Any"), 600, "unknown", "\ud800".repeat(300_000)));
    }

    @Test
    void sharedStructureInAnArrayParameter() {
        refused(shared(24, "y", node("query", raw("SELECT $1::text", list(param("x24", "Any"))))));
    }

    @Test
    void largeListAsAJoinKey() {
        Map<String, ?> record = node(
                "initializeRecord",
                object(
                        "expr",
                        object("type", "unit"),
                        "fields",
                        object("k", object("type", "value", "value", Collections.nCopies(1000, param("p", "Any"))))));
        refused(CLIENT.query(
                join(value(list(object("k", "a"))), node("concat", list(record)), "children", false, false, "k", "k"),
                Map.of("p", "y".repeat(1_000_000))));
    }

    @Test
    void valuesThatAreNestedTooDeeply() {
        List<Object> bindings = new ArrayList<>();
        bindings.add(object("name", "x0", "expr", value(1)));
        for (int i = 1; i <= 50_000; i++) {
            Object field = object("type", "value", "value", param("x" + (i - 1), "Any"));
            bindings.add(object(
                    "name",
                    "x" + i,
                    "expr",
                    node("initializeRecord", object("expr", object("type", "unit"), "fields", object("k", field)))));
        }
        refused(node("let", object("bindings", bindings, "expr", get("x50000"))));
    }

    @Test
    void manyStatementsWithTelemetry() {
        Reply reply = CLIENT.post(
                "/query",
                Client.body(
                                seq(Collections.nCopies(6000, query("SELECT 1 AS a"))
                                        .toArray()),
                                Map.of())
                        .getBytes(UTF_8),
                Map.of("x-capture-telemetry", "query"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().at("/extensions/logs")).hasSize(5000);
    }

    @Test
    void longStatementInManyChunks() {
        Map<String, ?> statement = template(
                List.of(text("SELECT 1 AS a " + " ".repeat(2_000_000) + " WHERE 1 IN "), tuple()),
                List.of(type("int")),
                true,
                param("ids", "Int"));
        refused(CLIENT.query(node("query", statement), Map.of("ids", Collections.nCopies(400_000, 1))));
    }

    @Test
    void manyFieldsInARecord() {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < 20_000; i++) {
            fields.put("f" + i, object("type", "set", "value", 1));
        }
        refused(seq(
                node("mapRecord", object("expr", node("unique", query("SELECT 1 AS a")), "fields", fields)), value(1)));
    }

    @Test
    void errorOfSeveralMegabytes() {
        String error = "DO $$ BEGIN RAISE EXCEPTION USING MESSAGE = repeat('x', 3000000); END $$";
        refused(CLIENT.query(rawExecute(error)));
        Reply reply = CLIENT.post("/sql", "{\"query\":\"" + error + "\"}");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(507);
    }

    @Test
    void errorDetailWithManyKeyPatterns() {
        String error = "DO $x$ BEGIN RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = 'm',"
                + " DETAIL = repeat('Key (', 150000); END $x$";
        assertThat(CLIENT.query(execute(error)).code()).isEqualTo("P2002");
    }

    @Test
    void manySpacesInACacheableStatement() {
        Reply reply = CLIENT.post(
                "/sql", "{\"query\":\"select 1" + " ".repeat(400_000) + "+ 1 AS a\",\"cacheStrategy\":{\"ttl\":60}}");
        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void telemetryOfLargeStatements() {
        List<Object> statements = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            statements.add(node("query", raw("SELECT length($1::text)", "x".repeat(200_000))));
        }
        Reply reply = CLIENT.post(
                "/query",
                Client.body(seq(statements.toArray()), Map.of()).getBytes(UTF_8),
                Map.of("x-capture-telemetry", "query"));
        assertThat(reply.status()).as(reply.text().substring(0, 300)).isEqualTo(200);
        assertThat(reply.json().at("/extensions/logs")).hasSize(40);
        assertThat(reply.text().length()).isBetween(900_000, 2_000_000);
    }

    @Test
    void preparedStatementsOfWideResults() {
        String columns = "x".repeat(1600).replace("x", "1,") + "1";
        for (int i = 0; i < 20; i++) {
            String text = "SELECT " + columns + " LIMIT 0 -- " + i;
            CLIENT.query(query(text));
            CLIENT.query(query(text));
        }
        String kept = CLIENT.query(query("SELECT count(*)::int AS a FROM pg_prepared_statements"))
                .data();
        assertThat(Integer.parseInt(kept.replaceAll("\\D", ""))).isBetween(1, 10);
    }
}
