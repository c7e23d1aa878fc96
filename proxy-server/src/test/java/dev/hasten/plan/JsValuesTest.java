package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.testing.Plans;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of a plan behave as in JavaScript. */
final class JsValuesTest {

    /** A value, {@code typeof}, {@code String(value)}, {@code Number(value)} and {@code JSON.stringify(value)}. */
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(null, "object", "null", 0.0, "null"),
                Arguments.of(Undefined.UNDEFINED, "undefined", "undefined", Double.NaN, "null"),
                Arguments.of(true, "boolean", "true", 1.0, "true"),
                Arguments.of(false, "boolean", "false", 0.0, "false"),
                Arguments.of(7L, "number", "7", 7.0, "7"),
                Arguments.of(1.5, "number", "1.5", 1.5, "1.5"),
                Arguments.of(1e21, "number", "1e+21", 1e21, "1e+21"),
                Arguments.of(Double.NaN, "number", "NaN", Double.NaN, "null"),
                Arguments.of(Double.NEGATIVE_INFINITY, "number", "-Infinity", Double.NEGATIVE_INFINITY, "null"),
                Arguments.of(
                        new BigInteger("99999999999999999999"),
                        "number",
                        "99999999999999999999",
                        1e20,
                        "99999999999999999999"),
                Arguments.of("", "string", "", 0.0, "\"\""),
                Arguments.of(" 12 ", "string", " 12 ", 12.0, "\" 12 \""),
                Arguments.of("a\"", "string", "a\"", Double.NaN, "\"a\\\"\""),
                Arguments.of("hi".getBytes(UTF_8), "object", "hi", Double.NaN, "\"aGk=\""),
                Arguments.of(
                        new DateValue(1500),
                        "object",
                        "1970-01-01T00:00:01.500Z",
                        1500.0,
                        "\"1970-01-01T00:00:01.500Z\""),
                Arguments.of(Arrays.asList(1L, "a", List.of(2L)), "object", "1,a,2", Double.NaN, "[1,\"a\",[2]]"),
                Arguments.of(
                        Plans.object("a", 1L, "b", null),
                        "object",
                        "[object Object]",
                        Double.NaN,
                        "{\"a\":1,\"b\":null}"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void valueIsConvertedAsInJavaScript(@Nullable Object value, String type, String text, Double number, String json) {
        assertThat(JsValues.typeOf(value)).isEqualTo(type);
        assertThat(JsValues.toText(value)).isEqualTo(text);
        assertThat(JsValues.toNumber(value)).isEqualTo(number);
        assertThat(JsValues.stringify(value)).isEqualTo(json);
    }

    @Test
    void undefinedMembersAreLeftOutOfAnObject() {
        assertThat(JsValues.stringify(
                        Plans.object("a", Undefined.UNDEFINED, "b", 1L, "c", Undefined.UNDEFINED, "d", 2L)))
                .isEqualTo("{\"b\":1,\"d\":2}");
    }

    @Test
    void fragmentIsWrittenUnchanged() {
        JsonFragment fragment = new JsonFragment(JsonBuffer.of("{\"a\":[1 ]}".getBytes(UTF_8)));
        assertThat(JsValues.stringify(List.of(fragment))).isEqualTo("[{\"a\":[1 ]}]");
        assertThat(fragment.parse(new Budget(new Cancellation()))).isEqualTo(Map.of("a", List.of(1L)));
    }

    @Test
    void wholeNumberIsALong() {
        assertThat(JsValues.number(5.0)).isEqualTo(5L);
        assertThat(JsValues.number(9007199254740991.0)).isEqualTo(9007199254740991L);
        assertThat(JsValues.number(9007199254740992.0)).isEqualTo(9007199254740992.0);
        assertThat(JsValues.number(1.5)).isEqualTo(1.5);
        assertThat(JsValues.number(-0.0)).isEqualTo(-0.0);
    }

    @Test
    void onlyNumbersAndStringsAreOperands() {
        assertThat(JsValues.asNumber("1.5")).isEqualTo(1.5);
        assertThat(JsValues.asNumber(2L)).isEqualTo(2);
        assertThatThrownBy(() -> JsValues.asNumber(true))
                .isInstanceOf(PlanFailure.class)
                .hasMessage("Expected number, got boolean");
        assertThatThrownBy(() -> JsValues.asNumber(null))
                .isInstanceOf(PlanFailure.class)
                .hasMessage("Expected number, got object");
    }

    @Test
    void emptyMeansNullUndefinedOrAnEmptyList() {
        assertThat(Stream.of(Undefined.UNDEFINED, List.of())).allMatch(JsValues::isEmpty);
        assertThat(JsValues.isEmpty(null)).isTrue();
        assertThat(Stream.<Object>of(0L, "", false, List.of(1L), Map.of())).noneMatch(JsValues::isEmpty);
    }

    @Test
    void parsedJsonHasTheTypesOfAPlan() {
        assertThat(JsValues.parseJson(
                        "[1, -2, 3000000000, 99999999999999999999, 1.5, \"a\", null, {\"b\": 1}]", ParseMeter.NONE))
                .isEqualTo(Arrays.asList(
                        1L, -2L, 3000000000L, new BigInteger("99999999999999999999"), 1.5, "a", null, Map.of("b", 1L)));
        assertThat(JsValues.parseJson("7", ParseMeter.NONE)).isEqualTo(7L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "x", "[1,]", "{\"a\"}"})
    void textThatIsNotJsonIsRejected(String text) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> JsValues.parseJson(text, ParseMeter.NONE));
        assertThat(error.code()).isEqualTo("P2023");
        assertThat(error.text()).isEqualTo("Expected an array or object, got a string that is not valid JSON");
    }

    @Test
    void copyOfAConstantCanBeModified() {
        Map<String, Object> constant = Map.of("list", List.of(1L, Map.of("a", 1L)));
        Object copy = JsValues.mutable(constant, new Budget(new Cancellation()));
        assertThat(copy).isEqualTo(constant);
        List<Object> list = JsValues.asList(Records.get(copy, "list"));
        list.add(2L);
        Records.set(list.get(1), "b", 2L);
        assertThat(copy).isEqualTo(Map.of("list", List.of(1L, Map.of("a", 1L, "b", 2L), 2L)));
        assertThat(constant).isEqualTo(Map.of("list", List.of(1L, Map.of("a", 1L))));
    }
}
