package dev.hasten.protocol.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @Test
    void printsEveryReferenceTextAsNodeDoes() {
        Reference.forEach(
                "json",
                (input, expected) -> assertThat(minify(input.stringValue()))
                        .as(input.stringValue())
                        .isEqualTo(expected.stringValue()));
    }

    @Test
    void minimalTextIsReturnedAsTheSameArray() {
        Reference.forEach("json", (input, expected) -> {
            byte[] minimal = expected.stringValue().getBytes(UTF_8);
            assertThat(JsonText.minify(minimal)).isSameAs(minimal);
        });
    }

    @Test
    void largeObjectsKeepTheLastOfDuplicateKeys() {
        StringBuilder json = new StringBuilder("{");
        StringBuilder expected = new StringBuilder("{");
        for (int i = 0; i < 20_000; i++) {
            json.append("\"k").append(i).append("\":").append(i).append(',');
            expected.append("\"k")
                    .append(i)
                    .append("\":")
                    .append(i == 7 ? "[]" : i)
                    .append(',');
        }
        json.append("\"k7\" : [ ]}");
        expected.setCharAt(expected.length() - 1, '}');
        assertThat(minify(json.toString())).isEqualTo(expected.toString());
    }

    @Test
    void deepNestingNeedsNoStack() {
        String deep = "[{\"a\":".repeat(100_000) + "1" + "}]".repeat(100_000);
        assertThat(minify(deep + " ")).isEqualTo(deep);
    }

    @Test
    void reorderingIsExactToSixteenLevelsAndBoundedBeyond() {
        String value = "x".repeat(500);
        String unordered = "{\"b\":\"" + value + "\",\"1\":";
        String expected = "{\"1\":".repeat(16) + "0" + (",\"b\":\"" + value + "\"}").repeat(16);
        assertThat(minify(unordered.repeat(16) + "0" + "}".repeat(16))).isEqualTo(expected);
        String deep = unordered.repeat(20_000) + "0" + "}".repeat(20_000);
        assertThat(minify(deep)).hasSameSizeAs(deep).contains("{\"1\":0,\"b\":\"" + value + "\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[",
                "}",
                "]",
                "[}",
                "{]",
                "\"x",
                "\"\\",
                "\"\\u12",
                "\"\\u12x4\"",
                "x",
                "1-2-3.4",
                "1.2.3",
                "--1.5"
            })
    void brokenTextIsAnError(String json) {
        assertThatThrownBy(() -> minify(json)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String minify(String json) {
        return new String(JsonText.minify(json.getBytes(UTF_8)), UTF_8);
    }
}
