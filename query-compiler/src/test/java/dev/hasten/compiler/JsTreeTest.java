package dev.hasten.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.compiler.JsHeap.Primitive;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsTreeTest {
    /** The second column is the output of {@code JSON.stringify} in Node. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1, 1",
        "-1.5, -1.5",
        "0.1, 0.1",
        "2147483648, 2147483648",
        "-2147483648, -2147483648",
        "1e15, 1000000000000000",
        "9007199254740993, 9007199254740992",
        "123456789012345680000, 123456789012345680000",
        "1e21, 1e+21",
        "-1.25e30, -1.25e+30",
        "0.000001, 0.000001",
        "1.5e-7, 1.5e-7",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "NaN, null",
        "-Infinity, null",
    })
    void numberIsTheNodeThatJacksonReadsFromJavaScriptsText(double number, String text) {
        assertThat(JsTree.of(number)).isEqualTo(JsonMapper.shared().readTree(text));
    }

    @Test
    void undefinedIsOmittedInObjectsAndNullInArrays() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("b", Primitive.UNDEFINED);
        object.put("a", Primitive.NULL);
        object.put("list", Arrays.asList(Primitive.UNDEFINED, true, BigInteger.TEN.pow(20), List.of(), Map.of(), "\""));
        JsonNode tree = JsTree.of(object);
        assertThat(tree.toString()).isEqualTo("{\"a\":null,\"list\":[null,true,100000000000000000000,[],{},\"\\\"\"]}");
    }
}
