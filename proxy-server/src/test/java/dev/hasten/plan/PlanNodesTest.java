package dev.hasten.plan;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.get;
import static dev.hasten.testing.Plans.let;
import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.param;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.shape;
import static dev.hasten.testing.Plans.transaction;
import static dev.hasten.testing.Plans.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.Plans;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every plan node behaves as in query-interpreter.ts of Prisma 7. */
@Tag("integration")
@Tag("postgres-version")
final class PlanNodesTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE author (id int PRIMARY KEY, name text)",
            "CREATE TABLE book (id int PRIMARY KEY, author_id int, title text)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    @BeforeEach
    void fill() {
        POSTGRES.execute(
                "TRUNCATE author, book",
                "INSERT INTO author VALUES (1, 'Ann'), (2, 'Bob'), (3, NULL)",
                "INSERT INTO book VALUES (10, 1, 'A'), (11, 1, 'B'), (12, 2, 'C')");
    }

    private static Reply run(Map<String, ?> plan) {
        return SERVER.client().query(plan);
    }

    private static String data(Map<String, ?> plan) {
        return run(plan).data();
    }

    private static final Map<String, ?> AUTHORS = query("SELECT id, name FROM author ORDER BY id");
    private static final Map<String, ?> BOOKS = query("SELECT id, author_id, title FROM book ORDER BY id");

    @Test
    void valueIsItsLiteral() {
        assertThat(data(value("x"))).isEqualTo("\"x\"");
        assertThat(data(value(list(1, null, true, 1.5)))).isEqualTo("[1,null,true,1.5]");
        assertThat(data(value(object("a", object("b", 1))))).isEqualTo("{\"a\":{\"b\":1}}");
        assertThat(data(value(null))).isEqualTo("null");
    }

    @Test
    void placeholderIsTheParameter() {
        Reply reply = SERVER.client().query(value(param("p", "String")), object("p", "x"));
        assertThat(reply.data()).isEqualTo("\"x\"");
    }

    @Test
    void placeholderInAListIsFilled() {
        Reply reply = SERVER.client()
                .query(value(list(1, param("p", "Int"), list(param("q", "Int")))), object("p", 2, "q", 3));
        assertThat(reply.data()).isEqualTo("[1,2,[3]]");
    }

    @Test
    void parameterMayReferToAnotherOne() {
        Reply reply = SERVER.client().query(value(param("p", "String")), object("p", param("q", "String"), "q", "end"));
        assertThat(reply.data()).isEqualTo("\"end\"");
    }

    @Test
    void sequenceIsItsLastValue() {
        assertThat(data(seq(value(1), value(2)))).isEqualTo("2");
    }

    @Test
    void emptySequenceHasNoValue() {
        assertThat(run(node("seq", List.of())).text()).isEqualTo("{}");
    }

    @Test
    void unitHasNoValue() {
        assertThat(run(object("type", "unit")).text()).isEqualTo("{}");
    }

    @Test
    void laterBindingSeesTheEarlierOne() {
        Map<String, ?> plan = node(
                "let",
                object(
                        "bindings",
                        List.of(object("name", "a", "expr", value(1)), object("name", "b", "expr", get("a"))),
                        "expr",
                        get("b")));
        assertThat(data(plan)).isEqualTo("1");
    }

    @Test
    void innerBindingHidesTheOuterOne() {
        assertThat(data(let("a", value(1), seq(let("a", value(2), get("a")), get("a")))))
                .isEqualTo("1");
    }

    @Test
    void bindingServesAsParameterOfAStatement() {
        assertThat(data(let(
                        "a",
                        node("unique", query("SELECT 2 AS id")),
                        let(
                                "key",
                                node("mapField", object("field", "id", "records", get("a"))),
                                query("SELECT name FROM author WHERE id = ?::int", param("key", "Int"))))))
                .isEqualTo("[{\"name\":\"Bob\"}]");
    }

    @Test
    void unboundNameHasNoValue() {
        assertThat(run(get("nothing")).text()).isEqualTo("{}");
    }

    @Test
    void firstNonEmptySkipsNullAndEmptyLists() {
        Map<String, ?> plan =
                let("a", value(null), let("b", value(list()), let("c", value(list(7)), names("x", "a", "b", "c"))));
        assertThat(data(plan)).isEqualTo("[7]");
    }

    @Test
    void firstNonEmptyOfNothingIsAnEmptyList() {
        assertThat(data(names("x"))).isEqualTo("[]");
    }

    @Test
    void firstNonEmptyTakesFalseAndZero() {
        assertThat(data(let("a", value(0), names("a")))).isEqualTo("0");
        assertThat(data(let("a", value(false), names("a")))).isEqualTo("false");
    }

    private static Map<String, @Nullable Object> names(String... names) {
        return node("getFirstNonEmpty", object("names", List.of(names)));
    }

    @Test
    void queryIsItsRows() {
        assertThat(data(AUTHORS))
                .isEqualTo("[{\"id\":1,\"name\":\"Ann\"},{\"id\":2,\"name\":\"Bob\"},{\"id\":3,\"name\":null}]");
    }

    @Test
    void lastOfSeveralColumnsWithTheSameNameIsUsed() {
        assertThat(data(query("SELECT 1 AS a, 2 AS b, 3 AS a"))).isEqualTo("[{\"a\":3,\"b\":2}]");
    }

    @Test
    void queryWithoutAResultHasNoRows() {
        assertThat(data(query("UPDATE author SET name = 'x' WHERE id = 1"))).isEqualTo("[]");
    }

    @Test
    void executeCountsTheRows() {
        assertThat(data(execute("UPDATE author SET name = 'x' WHERE id < 3"))).isEqualTo("2");
        assertThat(data(execute("SELECT * FROM author"))).isEqualTo("3");
        assertThat(data(execute("CREATE TABLE made ()"))).isEqualTo("0");
    }

    @Test
    void sumAddsCounts() {
        assertThat(data(node("sum", List.of(execute("DELETE FROM book"), execute("DELETE FROM author"), value("4")))))
                .isEqualTo("10");
        assertThat(data(node("sum", List.of()))).isEqualTo("0");
    }

    @Test
    void concatFlattensOneLevel() {
        assertThat(data(node("concat", List.of(value(list(1, list(2))), value(3), value(null)))))
                .isEqualTo("[1,[2],3,null]");
        assertThat(data(node("concat", List.of()))).isEqualTo("[]");
    }

    @Test
    void reverseReversesTheRows() {
        assertThat(data(node("mapField", object("field", "id", "records", node("reverse", AUTHORS)))))
                .isEqualTo("[3,2,1]");
        assertThat(data(node("reverse", value("x")))).isEqualTo("\"x\"");
    }

    @Test
    void uniqueIsTheOnlyRowOrNull() {
        assertThat(data(node("unique", query("SELECT 1 AS a")))).isEqualTo("{\"a\":1}");
        assertThat(data(node("unique", query("SELECT 1 AS a WHERE false")))).isEqualTo("null");
    }

    @Test
    void uniqueOfTwoRowsIsAnError() {
        Reply reply = run(node("unique", query("SELECT generate_series(1, 2)")));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.error()).isEqualTo("Expected zero or one element, got 2");
    }

    @Test
    void requiredOfNothingIsAnError() {
        assertThat(data(node("required", query("SELECT 1 AS a")))).isEqualTo("[{\"a\":1}]");
        Reply reply = run(node("required", query("SELECT 1 AS a WHERE false")));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.error()).isEqualTo("Required value is empty");
    }

    @Test
    void mapFieldTakesOneFieldOfEveryRow() {
        assertThat(data(node("mapField", object("field", "name", "records", AUTHORS))))
                .isEqualTo("[\"Ann\",\"Bob\",null]");
        assertThat(data(node(
                        "mapField", object("field", "missing", "records", node("unique", query("SELECT 1 AS a"))))))
                .isEqualTo("null");
    }

    private static Map<String, ?> join(Object parent, Object child, boolean unique, boolean strict, String... on) {
        return Plans.join(parent, child, "@books", unique, strict, on);
    }

    @Test
    void joinPutsChildrenIntoTheirParents() {
        assertThat(data(join(
                        AUTHORS, query("SELECT id, author_id FROM book ORDER BY id"), false, true, "id", "author_id")))
                .isEqualTo(
                        "[{\"id\":1,\"name\":\"Ann\",\"@books\":[{\"id\":10,\"author_id\":1},{\"id\":11,\"author_id\":1}]},"
                                + "{\"id\":2,\"name\":\"Bob\",\"@books\":[{\"id\":12,\"author_id\":2}]},"
                                + "{\"id\":3,\"name\":null,\"@books\":[]}]");
    }

    @Test
    void uniqueJoinPutsOneChildOrNull() {
        assertThat(data(join(
                        query("SELECT id FROM author WHERE id > 1 ORDER BY id"),
                        query("SELECT title, author_id FROM book"),
                        true,
                        true,
                        "id",
                        "author_id")))
                .isEqualTo("[{\"id\":2,\"@books\":{\"title\":\"C\",\"author_id\":2}},{\"id\":3,\"@books\":null}]");
    }

    @Test
    void joinOfKeysOfOtherTypesNeedsCasts() {
        Map<String, ?> children = query("SELECT '1' AS author_id");
        assertThat(data(join(query("SELECT 1 AS id"), children, false, false, "id", "author_id")))
                .isEqualTo("[{\"id\":1,\"@books\":[{\"author_id\":\"1\"}]}]");
        assertThat(data(join(query("SELECT 1 AS id"), children, false, true, "id", "author_id")))
                .isEqualTo("[{\"id\":1,\"@books\":[]}]");
    }

    @Test
    void joinOfNoParentIsNull() {
        assertThat(data(join(
                        node("unique", query("SELECT 1 AS id WHERE false")), BOOKS, false, true, "id", "author_id")))
                .isEqualTo("null");
    }

    @Test
    void joinOfOneParentKeepsIt() {
        assertThat(data(join(
                        node("unique", query("SELECT 2 AS id")),
                        query("SELECT 2 AS author_id"),
                        true,
                        true,
                        "id",
                        "author_id")))
                .isEqualTo("{\"id\":2,\"@books\":{\"author_id\":2}}");
    }

    @Test
    void joinedRowsAreMapped() {
        assertThat(data(dataMap(
                        join(AUTHORS, BOOKS, false, true, "id", "author_id"),
                        shape(
                                "name",
                                field("string"),
                                "books",
                                object(
                                        "type",
                                        "object",
                                        "fields",
                                        object("title", field("string")),
                                        "serializedName",
                                        "@books",
                                        "skipNulls",
                                        false)))))
                .isEqualTo("[{\"name\":\"Ann\",\"books\":[{\"title\":\"A\"},{\"title\":\"B\"}]},"
                        + "{\"name\":\"Bob\",\"books\":[{\"title\":\"C\"}]},{\"name\":null,\"books\":[]}]");
    }

    @Test
    void literalRecordsCanBeJoined() {
        assertThat(data(join(
                        value(list(object("id", 1))), query("SELECT 1 AS author_id"), true, true, "id", "author_id")))
                .isEqualTo("[{\"id\":1,\"@books\":{\"author_id\":1}}]");
    }

    @Test
    void transactionCommitsAllOrNothing() {
        Reply reply = run(transaction(seq(
                execute("INSERT INTO author VALUES (4, 'Dan')"), execute("INSERT INTO author VALUES (1, 'twice')"))));
        assertThat(reply.code()).isEqualTo("P2002");
        assertThat(POSTGRES.value("SELECT count(*) FROM author")).isEqualTo("3");
        assertThat(data(transaction(seq(
                        execute("INSERT INTO author VALUES (4, 'Dan')"),
                        execute("INSERT INTO author VALUES (5, 'Eve')")))))
                .isEqualTo("1");
        assertThat(POSTGRES.value("SELECT count(*) FROM author")).isEqualTo("5");
    }

    @Test
    void nestedTransactionNodeUsesTheSameTransaction() {
        Reply reply = run(transaction(seq(
                transaction(execute("INSERT INTO author VALUES (4, 'Dan')")),
                execute("INSERT INTO author VALUES (1, 'twice')"))));
        assertThat(reply.code()).isEqualTo("P2002");
        assertThat(POSTGRES.value("SELECT count(*) FROM author")).isEqualTo("3");
    }

    @Test
    void transactionWithoutStatementsReturnsItsValue() {
        assertThat(data(transaction(value(1)))).isEqualTo("1");
    }

    @Test
    void failedValidationRollsBack() {
        Map<String, ?> plan = transaction(node(
                "validate",
                object(
                        "expr",
                        execute("DELETE FROM book"),
                        "rules",
                        List.of(object("type", "affectedRowCountEq", "args", 1)),
                        "errorIdentifier",
                        "INCOMPLETE_CONNECT_OUTPUT",
                        "context",
                        object("expectedRows", 1, "relation", "R", "relationType", "one-to-many"))));
        Reply reply = run(plan);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P2018");
        assertThat(reply.error())
                .isEqualTo(
                        "The required connected records were not found. Expected 1 records to be connected after connect"
                                + " operation on one-to-many relation 'R', found 3.");
        assertThat(reply.json().get("meta").toString())
                .isEqualTo("{\"expectedRows\":1,\"relation\":\"R\",\"relationType\":\"one-to-many\"}");
        assertThat(POSTGRES.value("SELECT count(*) FROM book")).isEqualTo("3");
    }

    private static Reply validation(
            Object expression, String rule, @Nullable Object args, String error, Object context) {
        return run(node(
                "validate",
                object(
                        "expr",
                        expression,
                        "rules",
                        List.of(object("type", rule, "args", args)),
                        "errorIdentifier",
                        error,
                        "context",
                        context)));
    }

    @Test
    void validationReturnsTheValue() {
        Object context = object("operation", "an update");
        assertThat(validation(value(list(1, 2)), "rowCountEq", 2, "MISSING_RECORD", context)
                        .data())
                .isEqualTo("[1,2]");
        assertThat(validation(value(null), "rowCountEq", 0, "MISSING_RECORD", context)
                        .data())
                .isEqualTo("null");
        assertThat(validation(value("x"), "rowCountEq", 1, "MISSING_RECORD", context)
                        .data())
                .isEqualTo("\"x\"");
        assertThat(validation(value(list()), "rowCountNeq", 1, "MISSING_RECORD", context)
                        .data())
                .isEqualTo("[]");
        assertThat(validation(value(5), "affectedRowCountEq", 5, "MISSING_RECORD", context)
                        .data())
                .isEqualTo("5");
    }

    @Test
    void validationErrorsHaveTheMessagesOfTheClient() {
        Reply missing = validation(value(null), "rowCountNeq", 0, "MISSING_RECORD", object("operation", "an update"));
        assertThat(missing.code()).isEqualTo("P2025");
        assertThat(missing.error())
                .isEqualTo("An operation failed because it depends on one or more records that were required but not"
                        + " found. No record was found for an update.");

        Reply related = validation(
                value(null),
                "never",
                null,
                "MISSING_RELATED_RECORD",
                object(
                        "model",
                        "Book",
                        "relation",
                        "R",
                        "relationType",
                        "one-to-one",
                        "operation",
                        "a nested update",
                        "neededFor",
                        "inline"));
        assertThat(related.code()).isEqualTo("P2025");
        assertThat(related.error())
                .endsWith(
                        "No 'Book' record (needed to inline) was found for a nested update on one-to-one relation 'R'.");

        Reply violation = validation(
                value(null),
                "never",
                null,
                "RELATION_VIOLATION",
                object("relation", "R", "modelA", "A", "modelB", "B"));
        assertThat(violation.code()).isEqualTo("P2014");
        assertThat(violation.error())
                .isEqualTo(
                        "The change you are trying to make would violate the required relation 'R' between the `A` and"
                                + " `B` models.");

        Reply input =
                validation(value(list(1)), "rowCountEq", 2, "INCOMPLETE_CONNECT_INPUT", object("expectedRows", 2));
        assertThat(input.code()).isEqualTo("P2025");
        assertThat(input.error()).endsWith("Expected 2 records to be connected, found only 1.");

        Reply connected = validation(
                value(null),
                "never",
                null,
                "RECORDS_NOT_CONNECTED",
                object("relation", "R", "parent", "A", "child", "B"));
        assertThat(connected.code()).isEqualTo("P2017");
        assertThat(connected.error())
                .isEqualTo("The records for relation `R` between the `A` and `B` models are not connected.");
    }

    @Test
    void onlyTheChosenBranchRuns() {
        Map<String, ?> plan = node(
                "if",
                object(
                        "value",
                        AUTHORS,
                        "rule",
                        object("type", "rowCountEq", "args", 3),
                        "then",
                        value("then"),
                        "else",
                        execute("DELETE FROM author")));
        assertThat(data(plan)).isEqualTo("\"then\"");
        assertThat(POSTGRES.value("SELECT count(*) FROM author")).isEqualTo("3");
    }

    @Test
    void diffKeepsElementsThatTheOtherSideLacks() {
        assertThat(data(node(
                        "diff",
                        object(
                                "from",
                                AUTHORS,
                                "to",
                                query("SELECT 2 AS id, 'other' AS name"),
                                "fields",
                                List.of("id")))))
                .isEqualTo("[{\"id\":1,\"name\":\"Ann\"},{\"id\":3,\"name\":null}]");
        assertThat(data(node(
                        "diff",
                        object("from", value(list(null, object("a", 1))), "to", value(null), "fields", List.of("a")))))
                .isEqualTo("[{\"a\":1}]");
    }

    @Test
    void initializedRecordHasItsFields() {
        assertThat(data(node(
                        "initializeRecord",
                        object(
                                "expr",
                                rawExecute("INSERT INTO author VALUES (9, 'Zoe')"),
                                "fields",
                                object(
                                        "id",
                                        object("type", "value", "value", 9),
                                        "last",
                                        object("type", "lastInsertId"))))))
                .isEqualTo("{\"id\":9}");
        assertThat(POSTGRES.value("SELECT count(*) FROM author")).isEqualTo("4");
    }

    private static Map<String, ?> operation(String type, @Nullable Object value) {
        return object("type", type, "value", value);
    }

    @Test
    void mappedRecordIsChanged() {
        assertThat(data(node(
                        "mapRecord",
                        object(
                                "expr",
                                node("unique", query("SELECT 7 AS a, 7 AS b, 7 AS c, 7 AS d, 7 AS e")),
                                "fields",
                                object(
                                        "a", operation("set", "x"),
                                        "b", operation("add", 1),
                                        "c", operation("subtract", 10),
                                        "d", operation("multiply", 1.5),
                                        "e", operation("divide", 0),
                                        "new", operation("set", null))))))
                .isEqualTo("{\"a\":\"x\",\"b\":8,\"c\":-3,\"d\":10.5,\"e\":null,\"new\":null}");
    }

    @Test
    void literalRecordCanBeMapped() {
        assertThat(data(node(
                        "mapRecord",
                        object("expr", value(object("a", 1)), "fields", object("a", operation("add", 1))))))
                .isEqualTo("{\"a\":2}");
    }

    @Test
    void mappingALiteralDoesNotModifyThePlan() {
        Map<String, ?> plan =
                node("mapRecord", object("expr", value(object("b", 1)), "fields", object("b", operation("add", 1))));
        String first = run(plan).text();
        assertThat(run(plan).text()).isEqualTo(first);
    }

    @Test
    void mappedNullIsANewRecord() {
        assertThat(data(node("mapRecord", object("expr", value(null), "fields", object("a", operation("set", 1))))))
                .isEqualTo("{\"a\":1}");
    }
}
