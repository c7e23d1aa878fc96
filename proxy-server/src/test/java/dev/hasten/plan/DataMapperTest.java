package dev.hasten.plan;

import static dev.hasten.postgres.Results.INT4;
import static dev.hasten.postgres.Results.TEXT;
import static dev.hasten.postgres.Results.column;
import static dev.hasten.postgres.Results.columns;
import static dev.hasten.postgres.Results.row;
import static dev.hasten.postgres.Results.rows;
import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.shape;
import static dev.hasten.testing.Plans.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.CancelledException;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryUse;
import dev.hasten.postgres.Rows;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanParser;
import dev.hasten.protocol.plan.ResultNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows get the shape of the response, in whatever form the plan has them. */
final class DataMapperTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Map<String, ?> ID_AND_NAME = shape("id", field("int"), "name", field("string"));

    private final Cancellation cancellation =
            new Cancellation(MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, ""));

    private String map(@Nullable Object value, Map<String, ?> structure) {
        JsonBuffer out = new JsonBuffer(1 << 20, 0, cancellation);
        return DataMapper.map(value, parsed(structure), Map.of(), out, new Budget(cancellation))
                .json()
                .toString();
    }

    private static ResultNode parsed(Map<String, ?> structure) {
        JsonNode plan = JSON.valueToTree(dataMap(value(null), structure));
        return ((PlanNode.DataMap) PlanParser.parse(plan)).structure();
    }

    private RowSet users(Rows rows) {
        return new RowSet(columns(column("id", INT4), column("name", TEXT)), rows, new Budget(cancellation));
    }

    private static Map<String, ?> nested(@Nullable String column, boolean skipNulls, Object... fields) {
        return object("type", "object", "fields", object(fields), "serializedName", column, "skipNulls", skipNulls);
    }

    private String error(@Nullable Object value, Map<String, ?> structure) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> map(value, structure));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P2023");
        return error.text();
    }

    /** The forms of the same rows. */
    enum Form {
        ROWS,
        RECORDS,
        LIST_OF_RECORDS,
        LIST_OF_MAPS,
        JSON_TEXT;

        Object of(RowSet rows) {
            return switch (this) {
                case ROWS -> rows;
                case RECORDS -> {
                    assertThat(rows.records()).hasSize(2);
                    yield rows;
                }
                case LIST_OF_RECORDS -> new ArrayList<>(rows.records());
                case LIST_OF_MAPS ->
                    rows.records().stream().map(Records::fields).toList();
                case JSON_TEXT -> JsValues.stringify(rows);
            };
        }
    }

    private Object inForm(Form form) {
        return form.of(users(rows(row("1", "Ann"), row("2", null))));
    }

    @ParameterizedTest
    @EnumSource
    void rowsBecomeAListOfObjects(Form form) {
        assertThat(map(inForm(form), ID_AND_NAME)).isEqualTo("[{\"id\":1,\"name\":\"Ann\"},{\"id\":2,\"name\":null}]");
    }

    @ParameterizedTest
    @EnumSource
    void fieldsAreRenamedReorderedAndLeftOut(Form form) {
        Map<String, ?> renamed =
                object("type", "field", "dbName", "name", "fieldType", object("arity", "scalar", "type", "string"));
        assertThat(map(inForm(form), shape("\"n\"", renamed, "again", renamed)))
                .isEqualTo("[{\"\\\"n\\\"\":\"Ann\",\"again\":\"Ann\"},{\"\\\"n\\\"\":null,\"again\":null}]");
        assertThat(map(inForm(form), shape("name", field("string"), "id", field("int"))))
                .isEqualTo("[{\"name\":\"Ann\",\"id\":1},{\"name\":null,\"id\":2}]");
        assertThat(map(inForm(form), shape())).isEqualTo("[{},{}]");
    }

    @ParameterizedTest
    @EnumSource
    void objectWithoutAColumnTakesItsFieldsFromTheSameRow(Form form) {
        Map<String, ?> structure = shape("id", field("int"), "_count", nested(null, false, "name", field("string")));
        assertThat(map(inForm(form), structure))
                .isEqualTo("[{\"id\":1,\"_count\":{\"name\":\"Ann\"}},{\"id\":2,\"_count\":{\"name\":null}}]");
    }

    @ParameterizedTest
    @EnumSource
    void missingColumnIsNamed(Form form) {
        assertThat(error(inForm(form), shape("age", field("int")))).isEqualTo("Missing data field (Value): 'age'");
        assertThat(error(inForm(form), shape("posts", nested("_posts", false))))
                .isEqualTo("Missing data field (Object): 'posts'");
    }

    @ParameterizedTest
    @EnumSource
    void affectedRowsAreNotAFieldOfAnObject(Form form) {
        assertThat(error(inForm(form), shape("n", object("type", "affectedRows"))))
                .isEqualTo("Unexpected 'AffectedRows' node in data mapping for field 'n'");
    }

    @ParameterizedTest
    @EnumSource(names = {"ROWS", "RECORDS"})
    void jsonColumnBecomesTheNestedRecords(Form form) {
        RowSet posts = new RowSet(
                columns(column("id", INT4), column("posts", 3802)),
                rows(row("1", "[{\"t\": \"a\"}, null, {\"t\": \"b\"}]"), row("2", null)),
                new Budget(cancellation));
        assertThat(map(form.of(posts), shape("posts", nested("posts", true, "t", field("string")))))
                .isEqualTo("[{\"posts\":[{\"t\":\"a\"},{\"t\":\"b\"}]},{\"posts\":null}]");
    }

    /** A join returns relations as JSON; a Double would round its numbers. */
    @Test
    void numbersInAJsonColumnKeepAllDigits() {
        RowSet items = new RowSet(
                columns(column("items", 3802)),
                rows(row("[{\"n\": 90167212325906.127894561247896232}, {\"n\": 9007199254740993}, {\"n\": 0.10},"
                        + " {\"n\": 1e400}, {\"n\": -0.1234567890123456789}]")),
                new Budget(cancellation));
        assertThat(map(items, shape("items", nested("items", true, "n", field("decimal")))))
                .isEqualTo("[{\"items\":[%s]}]"
                        .formatted(Stream.of(
                                        "90167212325906.127894561247896232",
                                        "9007199254740993",
                                        "0.1",
                                        "1e+400",
                                        "-0.1234567890123456789")
                                .map(n -> "{\"n\":{\"$type\":\"Decimal\",\"value\":\"" + n + "\"}}")
                                .collect(Collectors.joining(","))));
        assertThat(map(items, shape("items", nested("items", true, "n", field("float")))))
                .isEqualTo("[{\"items\":[{\"n\":90167212325906.12},{\"n\":9007199254740992},{\"n\":0.1},{\"n\":null},"
                        + "{\"n\":-0.12345678901234568}]}]");
    }

    @Test
    void nestedRecordsMayHaveAnyForm() {
        Map<String, ?> structure = shape("child", nested("c", false, "id", field("int")));
        assertThat(map(object("c", object("id", 1L)), structure)).isEqualTo("{\"child\":{\"id\":1}}");
        assertThat(map(object("c", list()), structure)).isEqualTo("{\"child\":[]}");
        assertThat(map(object("c", null), structure)).isEqualTo("{\"child\":null}");
        assertThat(map(object("c", "{\"id\":1}"), structure)).isEqualTo("{\"child\":{\"id\":1}}");
        assertThat(map(object("c", inForm(Form.ROWS)), structure)).isEqualTo("{\"child\":[{\"id\":1},{\"id\":2}]}");
    }

    @Test
    void fieldsThatThePlanAddedAreWritten() {
        RowSet set = users(rows(row("1", "Ann")));
        Records.set(set.records().getFirst(), "age", 7L);
        Records.set(set.records().getFirst(), "name", "Bob");
        assertThat(map(set, shape("id", field("int"), "name", field("string"), "age", field("int"))))
                .isEqualTo("[{\"id\":1,\"name\":\"Bob\",\"age\":7}]");
    }

    @Test
    void nullElementIsSkippedOrRejected() {
        assertThat(map(list(null, object("id", 1L), null, object("id", 2L)), nested(null, true, "id", field("int"))))
                .isEqualTo("[{\"id\":1},{\"id\":2}]");
        assertThat(error(list((Object) null), nested(null, false, "id", field("int"))))
                .isEqualTo("Expected an object, but got 'object'");
    }

    @Test
    void singleValueHasTheTypeOfItsField() {
        assertThat(map(5L, field("int"))).isEqualTo("5");
        assertThat(map(null, field("int"))).isEqualTo("null");
        assertThat(error("x", field("int"))).isEqualTo("Expected an integer in column '<result>', got string: x");
    }

    @Test
    void numberOfAffectedRowsIsACount() {
        assertThat(map(3L, object("type", "affectedRows"))).isEqualTo("{\"count\":3}");
        assertThat(map(2.0, object("type", "affectedRows"))).isEqualTo("{\"count\":2}");
        assertThat(error("3", object("type", "affectedRows")))
                .startsWith("Expected an affected rows count, got: string");
    }

    @Test
    void valueThatIsNoRecordIsRejected() {
        assertThat(map(null, ID_AND_NAME)).isEqualTo("null");
        assertThat(error(1L, ID_AND_NAME)).isEqualTo("Expected an array or an object, got: number");
        assertThat(error("1", ID_AND_NAME)).isEqualTo("Expected an array or an object, got: number");
        assertThat(error("{", ID_AND_NAME))
                .isEqualTo("Expected an array or object, got a string that is not valid JSON");
        assertThat(error(list(1L), ID_AND_NAME)).isEqualTo("Expected an object, but got 'number'");
    }

    @Test
    void lastOfSeveralColumnsWithTheSameNameIsWritten() {
        RowSet set = new RowSet(
                columns(column("a", INT4), column("a", TEXT)), rows(row("1", "x")), new Budget(cancellation));
        assertThat(map(set, shape("a", field("string")))).isEqualTo("[{\"a\":\"x\"}]");
    }

    @Test
    void memoryOfParsedJsonIsGivenBack() {
        Map<String, Object> large = new LinkedHashMap<>();
        for (int i = 0; i < 5000; i++) {
            large.put("member" + i, "x".repeat(20));
        }
        assertThat(map(JSON.writeValueAsString(large), shape("member0", field("string"))))
                .isEqualTo("{\"member0\":\"" + "x".repeat(20) + "\"}");
        assertThat(cancellation.memory().heldBytes(MemoryUse.RESULTS)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"ROWS", "LIST_OF_MAPS"})
    void cancelledRequestStopsBetweenRows(Form form) {
        String[][] many = new String[100][];
        Arrays.fill(many, row("1", "x"));
        RowSet set = users(rows(many));
        Object value = form == Form.ROWS
                ? set
                : set.records().stream().map(Records::fields).toList();
        cancellation.cancel(Reason.TIMEOUT);
        assertThatThrownBy(() -> map(value, ID_AND_NAME)).isInstanceOf(CancelledException.class);
    }

    @Test
    void noRowsBecomeAnEmptyList() {
        assertThat(map(users(rows()), ID_AND_NAME)).isEqualTo("[]");
        assertThat(map(list(), ID_AND_NAME)).isEqualTo("[]");
    }
}
