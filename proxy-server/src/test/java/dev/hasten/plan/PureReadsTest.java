package dev.hasten.plan;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.generator;
import static dev.hasten.testing.Plans.let;
import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.param;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.shape;
import static dev.hasten.testing.Plans.template;
import static dev.hasten.testing.Plans.text;
import static dev.hasten.testing.Plans.transaction;
import static dev.hasten.testing.Plans.tuple;
import static dev.hasten.testing.Plans.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.protocol.plan.PlanParser;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Only plans that provably read, and always read the same, may be served from the cache. */
final class PureReadsTest {
    private static final Map<String, ?> READ = query("SELECT \"id\" FROM \"public\".\"item\"");
    private static final Map<String, ?> WRITE = execute("DELETE FROM \"item\"");

    private static boolean isPureRead(Map<String, ?> plan) {
        return PureReads.of(PlanParser.parse(JsonMapper.shared().valueToTree(plan)))
                        .uncached()
                == null;
    }

    /** SQL of the query compiler of Prisma 7.10. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT \"public\".\"User\".\"id\" FROM \"public\".\"User\" WHERE (\"public\".\"User\".\"id\" = $1 AND 1=1) LIMIT $2 OFFSET $3",
                "SELECT COUNT(*) AS \"_count$_all\" FROM (SELECT \"public\".\"Post\".\"id\" FROM \"public\".\"Post\" WHERE 1=1 OFFSET $1) AS \"sub\"",
                "SELECT \"t0\".\"id\", \"User_posts\".\"__prisma_data__\" AS \"posts\" FROM \"public\".\"User\" AS \"t0\" LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG(\"__prisma_data__\"), '[]') AS \"__prisma_data__\" FROM (SELECT \"t3\".\"__prisma_data__\" FROM (SELECT JSONB_BUILD_OBJECT('id', \"t2\".\"id\") AS \"__prisma_data__\" FROM (SELECT \"t1\".* FROM \"public\".\"Post\" AS \"t1\" WHERE \"t0\".\"id\" = \"t1\".\"authorId\" /* root select */) AS \"t2\" /* inner select */) AS \"t3\" ORDER BY \"t3\".\"id\" ASC /* middle select */) AS \"t4\" /* outer select */) AS \"User_posts\" ON true",
                "SELECT \"a\" FROM \"b\" WHERE \"c\" ILIKE $1 AND (\"d\"#>>ARRAY[$2]::text[])::jsonb = $3::jsonb AND \"e\" @> $4 ORDER BY \"f\" DESC NULLS LAST",
                "SELECT AVG(\"a\")::numeric, SUM(\"b\"), MIN(\"c\"), MAX(\"d\") FROM \"t\" GROUP BY \"e\" HAVING COUNT(*) > $1",
                "SELECT \"a\" FROM (\"t\" JOIN \"u\" ON \"t\".\"id\" = \"u\".\"id\"), \"v\" WHERE \"knownToday\" = 'knownow'",
                "SELECT \"t\".*, \"date\" AS \"time\", UNNEST(\"a\") FROM \"t\", LATERAL (SELECT \"x\", \"y\" FROM \"z\") AS \"q\"",
                "SELECT DISTINCT \"a\", \"b\"::text::jsonb FROM \"t\" GROUP BY LOWER(\"a\"), \"b\" ORDER BY COUNT(*), \"a\"",
                "SELECT 1 -- ; DELETE\n/* ; /* */ DELETE */ + $tag$ ; ' $tag$::int",
                "SELECT \"a\" FROM \"t\" WHERE \"role\" = CAST($1::text AS \"public\".\"user_role\") AND to_tsvector(concat_ws(' ', \"a\")) @@ to_tsquery($2)",
            })
    void readsOfTheQueryCompilerAreRecognized(String sql) {
        assertThat(isPureRead(query(sql))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM \"item\"",
                "delete from \"item\" returning \"id\"",
                "INSERT INTO \"item\" VALUES (1) RETURNING \"id\"",
                "WITH x AS (DELETE FROM \"item\" RETURNING *) SELECT * FROM x",
                "WITH \"x\" AS (DELETE FROM \"item\" RETURNING *) SELECT * FROM \"x\"",
                "SELECT 1; DELETE FROM \"item\"",
                "SELECT * FROM \"item\" FOR UPDATE",
                "SELECT * FROM \"item\" FOR SHARE",
                "SELECT \"a\" INTO \"b\" FROM \"c\"",
                "SELECT nextval('s')",
                "SELECT pg_catalog.nextval('s')",
                "SELECT \"nextval\"('s')",
                "SELECT \"pg_catalog\".\"nextval\"('s')",
                "SELECT \"f\" (1)",
                "SELECT \"f\" /* */ (1)",
                "SELECT my_function(\"a\") FROM \"t\"",
                "SELECT \"a\" FROM my_function() AS \"t\"",
                "SELECT pg_advisory_lock(1)",
                "SELECT set_config('a', 'b', false)",
                "SELECT now()",
                "SELECT random()",
                "SELECT clock_timestamp()",
                "SELECT current_timestamp",
                "SELECT CURRENT_USER",
                "SELECT session_user",
                "SELECT user",
                "SELECT localtime",
                "SELECT txid_current()",
                "SELECT currval('s')",
                "SELECT 'now'::timestamp",
                "SELECT $1::date",
                "SELECT E'\\'' || nextval('s') || ''",
                "SELECT '\\' || nextval($1) || '",
                "SELECT U&\"\\0061\" FROM \"t\"",
                "SELECT $a FROM \"t\"",
                "SELECT 1e5",
                "SELECT \"a\" FROM \"t\" WHERE \"b\" = 0x1F",
                "SELECT ä FROM \"t\"",
                "SELECT lo\u212aer('a')",
                "SELECT\u20031",
                "SELECT 1 /* /* */ */, nextval('s')",
                "SELECT '' --\r, nextval('s')",
                "SELECT $1e'\\'' || nextval('s') || ''",
                "SELECT E'' -- a\n'\\' || nextval('s') || '",
                "SELECT \"a\" FROM \"t\" WHERE \"at\" > 'today12:30'",
                "SELECT\u00a01",
                "EXPLAIN ANALYZE DELETE FROM \"item\"",
                "TABLE \"item\"",
                "VALUES (1)",
                "CALL \"p\"()",
                "DO $$ BEGIN END $$",
                "",
                "SELECTnextval('s')",
                "SELECT CAST(\"x\".\"nextval\" AS text) FROM UNNEST(ARRAY[CAST('s' AS \"regclass\")]) AS \"x\"",
                "SELECT \"x\".\"f\" FROM \"a\", UNNEST(ARRAY[1]) AS \"x\"",
                "SELECT \"x\".\"f\" FROM \"a\" JOIN LATERAL UNNEST(ARRAY[1]) AS \"x\" ON true",
                "SELECT \"x\".\"f\" FROM (UNNEST(ARRAY[1]) AS \"x\" JOIN \"a\" ON true)",
                "SELECT \"x\".\"f\" FROM (SELECT 1) AS \"y\", LATERAL CAST(1 AS text) AS \"x\"",
                "SELECT ('s'::text).\"nextval\"",
                "SELECT (CAST('s' AS \"public\".\"t\")).\"f\"",
                "SELECT \"a\"[1].\"f\" FROM \"t\"",
                "SELECT \"evil\".lower('a')",
                "SELECT lower.\"x\"",
                "SELECT \"a\" IS DISTINCT FROM UNNEST(\"b\")",
                "SELECT CAST('n' || 'ow' AS \"timestamptz\")",
                "SELECT CAST('n' || 'ow' AS \"pg_catalog\".\"timestamptz\")",
                "SELECT ('n' || 'ow')::\"DATE\"",
                "SELECT 's'::\"regclass\"",
                "SELECT \"a\" FROM \"t\" WHERE \"at\" > 'now'",
                "SELECT \"a\" FROM \"t\" WHERE \"at\" > ' Today 10:00'",
                "SELECT (1",
                "SELECT 1)",
                "SELECT \"a\" FROM",
                "SELECT \"a\" FROM 1",
                "SELECT \"a\" FROM \"t\", ",
                "SELECT 1::",
                "SELECT \"a\"::(1)",
            })
    void anyOtherSqlIsNotRecognized(String sql) {
        assertThat(isPureRead(query(sql))).isFalse();
    }

    @Test
    void rawSqlIsNeverRecognized() {
        assertThat(isPureRead(rawQuery("SELECT 1"))).isFalse();
        assertThat(isPureRead(node("query", raw("SELECT \"id\" FROM \"item\""))))
                .isFalse();
    }

    static Stream<Map<String, ?>> plansWithAWriteInside() {
        Map<String, ?> rule = object("type", "rowCountEq", "args", 0);
        return Stream.of(
                WRITE,
                transaction(READ),
                seq(READ, WRITE),
                let("x", WRITE, READ),
                let("x", READ, WRITE),
                dataMap(WRITE, shape("id", field("int"))),
                node("unique", WRITE),
                node("required", WRITE),
                node("reverse", WRITE),
                node("sum", List.of(READ, WRITE)),
                node("concat", List.of(READ, WRITE)),
                node("mapField", object("field", "id", "records", WRITE)),
                node("if", object("value", WRITE, "rule", rule, "then", READ, "else", READ)),
                node("if", object("value", READ, "rule", rule, "then", WRITE, "else", READ)),
                node("if", object("value", READ, "rule", rule, "then", READ, "else", WRITE)),
                node("diff", object("from", WRITE, "to", READ, "fields", List.of("id"))),
                node("diff", object("from", READ, "to", WRITE, "fields", List.of("id"))),
                node(
                        "join",
                        object(
                                "parent",
                                READ,
                                "children",
                                List.of(object(
                                        "child",
                                        WRITE,
                                        "on",
                                        List.of(List.of("id", "id")),
                                        "parentField",
                                        "x",
                                        "isRelationUnique",
                                        false)),
                                "canAssumeStrictEquality",
                                true)),
                node("initializeRecord", object("expr", WRITE, "fields", object())),
                node("mapRecord", object("expr", WRITE, "fields", object())));
    }

    @ParameterizedTest
    @MethodSource("plansWithAWriteInside")
    void aWriteAnywhereInThePlanIsDetected(Map<String, ?> plan) {
        assertThat(isPureRead(plan)).isFalse();
        String asRead = JsonMapper.shared()
                .writeValueAsString(plan)
                .replace(
                        JsonMapper.shared().writeValueAsString(WRITE),
                        JsonMapper.shared().writeValueAsString(READ));
        boolean onlyReads = !asRead.contains("DELETE") && !asRead.contains("transaction");
        assertThat(PureReads.of(PlanParser.parse(JsonMapper.shared().readTree(asRead)))
                                .uncached()
                        == null)
                .isEqualTo(onlyReads);
    }

    @Test
    void generatedValuesAreDetected() {
        assertThat(isPureRead(value(generator("uuid", 4)))).isFalse();
        assertThat(isPureRead(value(list(1, generator("now"))))).isFalse();
        assertThat(isPureRead(query("SELECT \"id\" FROM \"item\" WHERE \"id\" = ?", generator("now"))))
                .isFalse();
        assertThat(isPureRead(query("SELECT \"id\" FROM \"item\" WHERE \"id\" = ?", param("x", "Int"))))
                .isTrue();
    }

    private static Map<String, ?> withTuple(Map<String, ?> tuple) {
        return node(
                "query",
                template(
                        List.of(text("SELECT \"id\" FROM \"item\" WHERE \"id\" IN "), tuple),
                        List.of(),
                        true,
                        List.of(1)));
    }

    @Test
    void listsOfParametersAreRecognized() {
        assertThat(isPureRead(withTuple(tuple()))).isTrue();
        assertThat(isPureRead(withTuple(tupleOf("LOWER(", ",", ")")))).isTrue();
    }

    private static Map<String, ?> tupleOf(String prefix, String separator, String suffix) {
        return object("type", "parameterTuple", "itemPrefix", prefix, "itemSeparator", separator, "itemSuffix", suffix);
    }

    @Test
    void anEmptyListCannotJoinTheTextAroundIt() {
        Map<String, ?> hiding = node(
                "query",
                template(
                        List.of(text("SELECT 1 /"), tupleListOf("", ""), text("* '*/ AS \"id\", nextval($$s$$) --'")),
                        List.of(),
                        true,
                        List.of(List.of())));
        assertThat(isPureRead(hiding)).isFalse();
        assertThat(isPureRead(withTuple(tupleListOf("", "")))).isFalse();
        assertThat(isPureRead(withTuple(tupleListOf("(", ")")))).isTrue();
    }

    private static Map<String, ?> tupleListOf(String prefix, String suffix) {
        return object(
                "type",
                "parameterTupleList",
                "itemPrefix",
                prefix,
                "itemSeparator",
                ",",
                "itemSuffix",
                suffix,
                "groupSeparator",
                ",");
    }

    @Test
    void sqlInThePiecesOfAListIsDetected() {
        assertThat(isPureRead(withTuple(tupleOf("nextval(", ",", ")")))).isFalse();
        assertThat(isPureRead(withTuple(tupleOf("NEXTVAL(", ",", ")")))).isFalse();
        assertThat(isPureRead(withTuple(tupleOf("'", ",", "'")))).isFalse();
        assertThat(isPureRead(withTuple(tupleOf("", ");DELETE FROM x--", "")))).isFalse();
        assertThat(isPureRead(withTuple(tupleOf("", "TE ", " DELE")))).isFalse();
    }

    @Test
    void sqlSplitIntoPiecesIsDetected() {
        assertThat(isPureRead(node("query", template(List.of(text("SELECT next"), text("val('s')")), List.of(), true))))
                .isFalse();
    }

    @Test
    void aPlaceholderWithSqlIsDetected() {
        Map<String, Object> query = new java.util.LinkedHashMap<>(
                template(new String[] {"SELECT \"id\" FROM \"item\" WHERE \"id\" = ", ""}, 1));
        query.put("placeholderFormat", object("prefix", "nextval('s')--", "hasNumbering", false));
        assertThat(isPureRead(node("query", query))).isFalse();
        query.put("placeholderFormat", object("prefix", "$", "hasNumbering", false));
        assertThat(isPureRead(node("query", query))).isFalse();
        query.put("placeholderFormat", object("prefix", "$", "hasNumbering", true));
        assertThat(isPureRead(node("query", query))).isTrue();
    }
}
