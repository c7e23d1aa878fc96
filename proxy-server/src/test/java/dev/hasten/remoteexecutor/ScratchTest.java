package dev.hasten.remoteexecutor;

import static dev.hasten.testing.Plans.*;

import dev.hasten.testing.*;
import dev.hasten.testing.Client.Reply;
import java.util.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ScratchTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    static void p(String l, Reply r) {
        System.out.println("@@ " + l + " => "
                + r.toString().substring(0, Math.min(420, r.toString().length())));
    }

    static Map<String, ?> process(Object expr, Object pagination, Object distinct) {
        return node(
                "process",
                object(
                        "expr",
                        expr,
                        "operations",
                        object(
                                "pagination",
                                pagination,
                                "distinct",
                                distinct,
                                "reverse",
                                false,
                                "linkingFields",
                                null,
                                "nested",
                                object())));
    }

    @Test
    void t() {
        POSTGRES.execute(
                "CREATE TABLE \"Item\" (id int PRIMARY KEY, data jsonb, price decimal, big bigint, ratio float8); INSERT INTO \"Item\" VALUES (1)");
        Client c = SERVER.client();
        for (String n : List.of(
                "1e400",
                "-1e400",
                "1e-400",
                "123456789012345678901234567890",
                "0.1234567890123456789012345678901234567890",
                "-0",
                "1E5"))
            p(
                    n,
                    c.post(
                            "/query",
                            "{\"operation\":\"x\",\"plan\":{\"type\":\"query\",\"args\":{\"type\":\"rawSql\",\"sql\":\"SELECT $1::text\",\"args\":["
                                    + n
                                    + "],\"argTypes\":[{\"arity\":\"scalar\",\"scalarType\":\"unknown\"}]}},\"params\":{}}"));
        p("sum", c.query(node("sum", List.of(value(true), value(1)))));
        p(
                "mapRecord",
                c.query(node(
                        "mapRecord",
                        object("expr", value(1), "fields", object("a", object("type", "set", "value", 1))))));
        p("diff", c.query(node("diff", object("from", value(list(1)), "to", value(list(1)), "fields", List.of("a")))));
        p("process", c.query(process(value(list(1)), null, List.of("a"))));
        p(
                "join",
                c.query(node(
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
                                true))));
        p(
                "cursor1",
                c.query(process(
                        query("SELECT '\\x00'::bytea AS a"),
                        object("cursor", object("a", "%%%"), "take", null, "skip", null),
                        null)));
        p(
                "cursor2",
                c.query(process(
                        query("SELECT 1 AS a"), object("cursor", object("a", "x"), "take", null, "skip", null), null)));
        for (String d : List.of("garbage", "", "2026-13-45", "99999999999999999")) {
            p("date typed " + d, c.query(query("SELECT ?::timestamp AS t", param("p", "DateTime")), object("p", d)));
            p(
                    "date untyped " + d,
                    c.query(node(
                            "query",
                            templateOfTypes(
                                    new String[] {"SELECT ", "::timestamp AS t"}, List.of(type("datetime")), d))));
        }
        p(
                "base64",
                c.query(node(
                        "query",
                        templateOfTypes(new String[] {"SELECT ", "::bytea AS b"}, List.of(type("bytes")), "%%%"))));
        p("nul", c.query(query("SELECT ?::text AS t", "a\0b")));
        p("nul2", c.query(rawQuery("SELECT $1::text[]", list("a\0b"))));
        p("nulsql", c.query(rawQuery("SELECT 1 AS a\0; DROP TABLE item")));
        p("nulsql2", c.query(rawQuery("SELECT 1; SELECT 2 \0 SELECT 3")));
        p("set", c.query(rawQuery("SET bytea_output = 'escape'; SELECT decode('00ff5c41', 'hex')")));
        p("copy", c.query(rawExecute("COPY (SELECT generate_series(1, 1000)) TO STDOUT")));
        p("big", c.post("/query", "x".repeat(17 << 20)));
        for (String[] m : new String[][] {
            {"POST", "/"},
            {"POST", "/query/"},
            {"GET", "/query"},
            {"DELETE", "/query"},
            {"POST", "/health"},
            {"PUT", "/transaction/start"}
        }) p(m[0] + m[1], c.call(m[0], m[1], m[0].equals("GET") ? "" : "{}"));
        String S =
                "datasource db {\n provider = \"postgresql\"\n url = env(\"DATABASE_URL\")\n}\nmodel Item {\n id Int @id\n data Json?\n price Decimal?\n big BigInt?\n ratio Float?\n}\n";
        DataProxyClient d = new DataProxyClient(c, "6.19.0", S);
        d.upload();
        for (String f : List.of("id", "price", "big", "ratio"))
            for (String n :
                    new String[] {"9".repeat(400), "-" + "9".repeat(400), "1e400", "1e999999999", "1e-999999999"})
                p(
                        f + " " + n.substring(0, Math.min(15, n.length())),
                        d.graphql(
                                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{\"where\":{\""
                                        + f + "\":" + n + "}},\"selection\":{\"id\":true}}}"));
        for (String b : List.of(
                "{\"modelName\":\"Nothing\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":[],\"selection\":{\"id\":true}}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{}}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":1}}",
                "{\"modelName\":\"Item\",\"action\":\"findUnique\",\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}}",
                "{\"modelName\":\"Item\",\"action\":\"createOne\",\"query\":{\"arguments\":{\"data\":{\"id\":\"x\"}},\"selection\":{\"id\":true}}}"))
            p(b, d.graphql(b));
        for (String a : List.of(
                "{\"where\":{\"id\":{\"$type\":\"Param\",\"value\":{\"name\":\"%7\",\"type\":\"Int\"}}}}",
                "{\"where\":{\"id\":{\"$type\":\"Param\",\"value\":\"x\"}}}",
                "{\"where\":{\"id\":{\"$type\":\"Nonsense\",\"value\":1}}}",
                "{\"where\":{\"id\":{\"$type\":\"Json\",\"value\":\"{\"}}}",
                "{\"where\":{\"data\":{\"equals\":{\"$type\":\"Json\",\"value\":\"{\"}}}}",
                "{\"where\":{\"id\":9223372036854775808}}",
                "{\"where\":{\"id\":1e400}}",
                "{\"where\":{\"AND\":{\"AND\":{\"AND\":7}}}}"))
            p(
                    a,
                    d.graphql("{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":" + a
                            + ",\"selection\":{\"id\":true}}}"));
        p("isolation", d.graphql("{\"batch\":[],\"transaction\":{\"isolationLevel\":\"Snapshot\"}}"));
        p("iso2", d.post(d.base() + "/transaction/start", "{\"isolation_level\":\"x\"}"));
        String id = c.startTransaction(Map.of());
        String pid = c.query(id, rawQuery("SELECT pg_backend_pid()::text"))
                .json()
                .at("/data/rows/0/0")
                .stringValue();
        POSTGRES.value("SELECT pg_terminate_backend(" + pid + ")");
        p("lost", c.query(id, rawExecute("SELECT 1")));
    }
}
