package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnType;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.ResultNode.FieldNode;
import dev.hasten.protocol.plan.ResultNode.FieldType;
import dev.hasten.protocol.plan.ResultNode.Scalar;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fields are written as the official executor writes them. The expected values are those of its data mapper
 * ({@code @prisma/client-engine-runtime} 7.10) for columns that {@code @prisma/adapter-pg} has decoded.
 */
final class FieldWriterTest {
    private static final Map<String, Map<String, String>> ENUMS = Map.of("Role", Map.of("admin", "ADMIN", "1", "ONE"));

    private static final Map<String, Integer> OIDS = Map.ofEntries(
            Map.entry("bool", 16),
            Map.entry("bytea", 17),
            Map.entry("int8", 20),
            Map.entry("int2", 21),
            Map.entry("int4", 23),
            Map.entry("text", 25),
            Map.entry("oid", 26),
            Map.entry("json", 114),
            Map.entry("float4", 700),
            Map.entry("float8", 701),
            Map.entry("money", 790),
            Map.entry("date", 1082),
            Map.entry("time", 1083),
            Map.entry("timestamp", 1114),
            Map.entry("timestamptz", 1184),
            Map.entry("timetz", 1266),
            Map.entry("bit", 1560),
            Map.entry("numeric", 1700),
            Map.entry("uuid", 2950),
            Map.entry("jsonb", 3802),
            Map.entry("enum", 16400),
            Map.entry("bool[]", 1000),
            Map.entry("bytea[]", 1001),
            Map.entry("int4[]", 1007),
            Map.entry("text[]", 1009),
            Map.entry("int8[]", 1016),
            Map.entry("float8[]", 1022),
            Map.entry("timestamp[]", 1115),
            Map.entry("numeric[]", 1231),
            Map.entry("jsonb[]", 3807));

    private static FieldType type(String name) {
        boolean list = name.endsWith("[]");
        return new FieldType(list, Scalar.valueOf(list ? name.substring(0, name.length() - 2) : name), "Role");
    }

    private static String written(Consumer<FieldWriter> field) {
        JsonBuffer out = JsonBuffer.intermediate(_ -> {});
        field.accept(new FieldWriter(out, ENUMS));
        return out.toString();
    }

    private static String writtenText(String postgresType, @Nullable String text, String fieldType) {
        FieldNode field = new FieldNode("col", type(fieldType));
        return written(out -> out.writeText(
                text == null ? null : text.getBytes(UTF_8), ColumnType.of(OIDS.get(postgresType)), field));
    }

    private static String writtenValue(@Nullable Object value, String fieldType) {
        return written(out -> out.write(value, "col", type(fieldType)));
    }

    private static ApiError rejected(Runnable write) {
        ApiError error = catchThrowableOfType(ApiError.class, write::run);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P2023");
        return error;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text        | a\"b                | STRING       | \"a\\\"b\"",
                "uuid        | 5b2c0e8e-0000-4000  | STRING       | \"5b2c0e8e-0000-4000\"",
                "int4        | -5                  | INT          | -5",
                "int2        | 7                   | INT          | 7",
                "int8        | 42                  | INT          | 42",
                "oid         | 4294967295          | INT          | 4294967295",
                "numeric     | 12.50               | INT          | 12",
                "float8      | 1.9                 | INT          | 1",
                "float8      | -1.9                | INT          | -1",
                "text        | 1e3                 | INT          | 1000",
                "text        | ``                  | INT          | 0",
                "int8        | 9223372036854775807 | BIGINT       | {\"$type\":\"BigInt\",\"value\":\"9223372036854775807\"}",
                "int4        | 1                   | BIGINT       | {\"$type\":\"BigInt\",\"value\":\"1\"}",
                "oid         | 4294967295          | BIGINT       | {\"$type\":\"BigInt\",\"value\":\"4294967295\"}",
                "numeric     | 5.5                 | BIGINT       | {\"$type\":\"BigInt\",\"value\":\"5.5\"}",
                "float8      | 1e21                | BIGINT       | {\"$type\":\"BigInt\",\"value\":\"1e+21\"}",
                "float8      | 1.5                 | FLOAT        | 1.5",
                "float4      | 0.1                 | FLOAT        | 0.1",
                "float8      | 1e21                | FLOAT        | 1e+21",
                "float8      | 1e-7                | FLOAT        | 1e-7",
                "float8      | -0                  | FLOAT        | 0",
                "float8      | NaN                 | FLOAT        | null",
                "float8      | Infinity            | FLOAT        | null",
                "int4        | 3                   | FLOAT        | 3",
                "numeric     | 1.10                | FLOAT        | 1.1",
                "int8        | 9007199254740993    | FLOAT        | 9007199254740992",
                "text        | nan                 | FLOAT        | null",
                "bool        | t                   | BOOLEAN      | true",
                "bool        | f                   | BOOLEAN      | false",
                "int4        | 1                   | BOOLEAN      | true",
                "int4        | 2                   | BOOLEAN      | false",
                "text        | TRUE                | BOOLEAN      | true",
                "text        | FALSE               | BOOLEAN      | false",
                "bit         | 1                   | BOOLEAN      | true",
                "bytea       | \\x0001             | BOOLEAN      | true",
                "bytea       | \\x0000             | BOOLEAN      | false",
                "numeric     | 1.500               | DECIMAL      | {\"$type\":\"Decimal\",\"value\":\"1.5\"}",
                "numeric     | -0.0                | DECIMAL      | {\"$type\":\"Decimal\",\"value\":\"0\"}",
                "numeric     | NaN                 | DECIMAL      | {\"$type\":\"Decimal\",\"value\":\"NaN\"}",
                "numeric     | 0.0000001           | DECIMAL      | {\"$type\":\"Decimal\",\"value\":\"1e-7\"}",
                "int4        | 5                   | DECIMAL      | {\"$type\":\"Decimal\",\"value\":\"5\"}",
                "float8      | 0.1                 | DECIMAL      | {\"$type\":\"Decimal\",\"value\":\"0.1\"}",
                "jsonb       | {\"a\": [1, 2.50]}  | JSON         | {\"$type\":\"Json\",\"value\":\"{\\\"a\\\":[1,2.5]}\"}",
                "json        | null                | JSON         | {\"$type\":\"Json\",\"value\":\"null\"}",
                "text        | { \"a\":1 }         | JSON         | {\"$type\":\"Json\",\"value\":\"{\\\"a\\\":1}\"}",
                "int4        | 5                   | JSON         | {\"$type\":\"Json\",\"value\":\"5\"}",
                "text        | x                   | OBJECT       | {\"$type\":\"Json\",\"value\":\"\\\"x\\\"\"}",
                "bool        | t                   | OBJECT       | {\"$type\":\"Json\",\"value\":\"true\"}",
                "bytea       | \\x00ff             | BYTES_ARRAY  | {\"$type\":\"Bytes\",\"value\":\"AP8=\"}",
                "text        | AP8=                | BYTES_BASE64 | {\"$type\":\"Bytes\",\"value\":\"AP8=\"}",
                "text        | \\x00ff             | BYTES_HEX    | {\"$type\":\"Bytes\",\"value\":\"AP8=\"}",
                "enum        | admin               | ENUM         | \"ADMIN\"",
                "int4        | 1                   | ENUM         | \"ONE\"",
                "text        | x                   | UNSUPPORTED  | \"x\"",
                "int4        | 5                   | UNSUPPORTED  | 5",
                "bytea       | \\x00ff             | UNSUPPORTED  | \"AP8=\"",
                "numeric     | 1.50                | UNSUPPORTED  | \"1.50\"",
            })
    void columnIsWrittenInTheTypeOfTheField(String postgresType, String text, String fieldType, String json) {
        assertThat(writtenText(postgresType, text, fieldType)).isEqualTo(json);
        Object decoded = ColumnText.decode(text.getBytes(UTF_8), ColumnType.of(OIDS.get(postgresType)));
        assertThat(writtenValue(decoded, fieldType)).as("after decoding").isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp,   2024-02-29 12:34:56.789123, 2024-02-29T12:34:56.789Z",
        "timestamp,   2024-02-29 12:34:56,        2024-02-29T12:34:56.000Z",
        "timestamptz, 2024-02-29 12:34:56.7+00,   2024-02-29T12:34:56.700Z",
        "date,        2024-02-29,                 2024-02-29T00:00:00.000Z",
        "time,        12:34:56.123456,            1970-01-01T12:34:56.123Z",
        "timetz,      12:34:56+02,                1970-01-01T10:34:56.000Z",
        "text,        2024-02-29T12:34:56+02:00,  2024-02-29T10:34:56.000Z",
        "text,        2024-02-29T12:34:56+02,     2024-02-29T10:34:56.000Z",
        "text,        2024-02-29 12:34:56,        2024-02-29T12:34:56.000Z",
        "text,        2024-02-29,                 2024-02-29T00:00:00.000Z",
        "text,        12:34:56+0200,              1970-01-01T10:34:56.000Z",
        "text,        12:34:56Z,                  1970-01-01T12:34:56.000Z",
        "text,        2024-02-29T12:34:56Z,       2024-02-29T12:34:56.000Z",
        "text,        12:00:00,                   1970-01-01T12:00:00.000Z",
        "int4,        0,                          1970-01-01T00:00:00.000Z",
        "float8,      -1.5,                       1969-12-31T23:59:59.999Z",
    })
    void dateIsWrittenInUtcWithMilliseconds(String postgresType, String text, String iso) {
        assertThat(writtenText(postgresType, text, "DATETIME"))
                .isEqualTo("{\"$type\":\"DateTime\",\"value\":\"" + iso + "\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int4[]      | {1,2}                   | INT[]         | [1,2]",
                "text[]      | {a,\"b,c\"}             | STRING[]      | [\"a\",\"b,c\"]",
                "text[]      | {}                      | STRING[]      | []",
                "bool[]      | {t,f}                   | BOOLEAN[]     | [true,false]",
                "float8[]    | {1.5,NaN}               | FLOAT[]       | [1.5,null]",
                "int8[]      | {1}                     | BIGINT[]      | [{\"$type\":\"BigInt\",\"value\":\"1\"}]",
                "numeric[]   | {1.50}                  | DECIMAL[]     | [{\"$type\":\"Decimal\",\"value\":\"1.5\"}]",
                "timestamp[] | {\"2024-02-29 12:34:56\"} | DATETIME[]  | [{\"$type\":\"DateTime\",\"value\":\"2024-02-29T12:34:56.000Z\"}]",
                "bytea[]     | {\"\\\\x00ff\"}         | BYTES_ARRAY[] | [{\"$type\":\"Bytes\",\"value\":\"AP8=\"}]",
                "jsonb[]     | {\"{\\\"a\\\": 1}\",NULL} | JSON[]      | [{\"$type\":\"Json\",\"value\":\"{\\\"a\\\":1}\"},{\"$type\":\"Json\",\"value\":\"null\"}]",
                "text[]      | {admin}                 | ENUM[]        | [\"ADMIN\"]",
            })
    void listIsWrittenElementByElement(String postgresType, String text, String fieldType, String json) {
        assertThat(writtenText(postgresType, text, fieldType)).isEqualTo(json);
    }

    /** The official executor fails for such a list. */
    @Test
    void listOfBigIntsInARelationLoadedByAJoinIsAText() {
        assertThat(writtenValue("{9223372036854775807,-1}", "BIGINT[]"))
                .isEqualTo("[{\"$type\":\"BigInt\",\"value\":\"9223372036854775807\"},"
                        + "{\"$type\":\"BigInt\",\"value\":\"-1\"}]");
        assertThat(writtenValue("{}", "BIGINT[]")).isEqualTo("[]");
        assertThat(writtenValue("[0:1]={1,2}", "BIGINT[]"))
                .isEqualTo("[{\"$type\":\"BigInt\",\"value\":\"1\"},{\"$type\":\"BigInt\",\"value\":\"2\"}]");
        for (String malformed : List.of("", "{", "{1", "x")) {
            assertThat(rejected(() -> writtenValue(malformed, "BIGINT[]")).text())
                    .startsWith("Expected a list in column 'col'");
        }
        assertThat(rejected(() -> writtenValue("{1}", "INT[]")).text())
                .isEqualTo("Expected a list in column 'col', got string: {1}");
    }

    @Test
    void nullIsAnEmptyListIfTheFieldIsAList() {
        for (Scalar scalar : Scalar.values()) {
            assertThat(writtenText("text", null, scalar.name())).isEqualTo("null");
            assertThat(writtenText("text", null, scalar.name() + "[]")).isEqualTo("[]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int4   | 1                | STRING       | Expected a string in column 'col', got number: 1",
                "int4[] | {1,2}            | STRING       | Expected a string in column 'col', got object: 1,2",
                "text   | x                | INT          | Expected an integer in column 'col', got string: x",
                "bool   | t                | INT          | Expected an integer in column 'col', got boolean: true",
                "int8   | 9007199254740993 | INT          | Integer value in column 'col' is too large to represent as a JavaScript number without loss of precision, got: 9007199254740993. Consider using BigInt type.",
                "bool   | t                | BIGINT       | Expected a bigint in column 'col', got boolean: true",
                "bool   | t                | FLOAT        | Expected a float in column 'col', got boolean: true",
                "text   | x                | FLOAT        | Expected a float in column 'col', got string: x",
                "text   | t                | BOOLEAN      | Expected a boolean in column 'col', got string: t",
                "text   | False            | BOOLEAN      | Expected a boolean in column 'col', got string: False",
                "bool   | t                | DECIMAL      | Expected a decimal in column 'col', got boolean: true",
                "bool   | t                | DATETIME     | Expected a date in column 'col', got boolean: true",
                "text   | x                | BYTES_ARRAY  | Expected a byte array in column 'col', got string: x",
                "enum   | guest            | ENUM         | Value 'guest' not found in enum 'Role'",
                "int4[] | {1,NULL}         | INT[]        | Expected an integer in column 'col[1]', got object: null",
                "text[] | {NULL}           | STRING[]     | Expected a string in column 'col[0]', got object: null",
            })
    void valueOfAnotherTypeIsRejected(String postgresType, String text, String fieldType, String error) {
        assertThat(rejected(() -> writtenText(postgresType, text, fieldType)).text())
                .isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource({
        "bytea, \\x00, BYTES_BASE64",
        "bytea, \\x00, BYTES_HEX",
        "int4, 1, BYTES_BASE64",
        "text, 00ff, BYTES_HEX"
    })
    void bytesInAnotherEncodingAreRejected(String postgresType, String text, String fieldType) {
        assertThat(rejected(() -> writtenText(postgresType, text, fieldType)).text())
                .startsWith("Expected ");
    }

    @Test
    void unknownEnumIsRejected() {
        FieldType unknown = new FieldType(false, Scalar.ENUM, "Color");
        assertThat(rejected(() -> written(out -> out.write("red", "col", unknown)))
                        .text())
                .isEqualTo("Unknown enum 'Color'");
    }

    /** The official executor fails with an internal error. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timestamp | infinity | DATETIME | Expected a date in column 'col' that JavaScript can represent, got 'infinity'",
                "text      | x        | DATETIME | Expected a date in column 'col' that JavaScript can represent, got 'x'",
                "text      | x        | DECIMAL  | Expected a decimal in column 'col', got string: x",
                "text      | x        | STRING[] | Expected a list in column 'col', got string: x",
            })
    void valueThatCrashesTheOfficialExecutorIsRejected(
            String postgresType, String text, String fieldType, String error) {
        assertThat(rejected(() -> writtenText(postgresType, text, fieldType)).text())
                .isEqualTo(error);
    }

    /** The official executor cannot read money at all. */
    @Test
    void moneyIsADecimal() {
        assertThat(writtenText("money", "-$1,234.50", "DECIMAL"))
                .isEqualTo("{\"$type\":\"Decimal\",\"value\":\"-1234.5\"}");
    }

    @Test
    void valueOfThePlanIsWrittenInTheTypeOfTheField() {
        assertThat(writtenValue(List.of(0L, 255L), "BYTES_ARRAY"))
                .isEqualTo("{\"$type\":\"Bytes\",\"value\":\"AP8=\"}");
        assertThat(writtenValue(Map.of("a", Arrays.asList(1L, null)), "OBJECT"))
                .isEqualTo("{\"$type\":\"Json\",\"value\":\"{\\\"a\\\":[1,null]}\"}");
        assertThat(writtenValue(1e300, "INT")).isEqualTo("1e+300");
        assertThat(writtenValue(1e30, "DECIMAL")).isEqualTo("{\"$type\":\"Decimal\",\"value\":\"1e+30\"}");
        assertThat(writtenValue(new DateValue(0), "DATETIME"))
                .isEqualTo("{\"$type\":\"DateTime\",\"value\":\"1970-01-01T00:00:00.000Z\"}");
        assertThat(writtenValue(1.5, "BOOLEAN")).isEqualTo("false");
        assertThat(writtenValue(Arrays.asList((Object) null), "UNSUPPORTED[]")).isEqualTo("[null]");
    }
}
