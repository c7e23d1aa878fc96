package dev.hasten.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class PostgresArraysTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void parsesEveryReferenceArrayAsPostgresArrayDoes() {
        Reference.forEach("array-parse", (input, expected) -> {
            String text = input.stringValue();
            if (expected.isNull()) {
                assertThatThrownBy(() -> PostgresArrays.parse(text))
                        .as(text)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("Invalid array text");
            } else {
                assertThat(PostgresArrays.parse(text)).as(text).isEqualTo(JSON.treeToValue(expected, List.class));
            }
        });
    }

    @Test
    void writesEveryReferenceLiteralAsNodePostgresDoes() {
        Reference.forEach("array-literal", (input, expected) -> {
            List<?> values = JSON.treeToValue(input, List.class);
            assertThat(PostgresArrays.literal(values)).isEqualTo(expected.stringValue());
        });
    }

    @Test
    void bytesAreWrittenAsHexBytea() {
        assertThat(PostgresArrays.literal(Arrays.asList(new byte[] {0, (byte) 0xff}, null, List.of(new byte[0]))))
                .isEqualTo("{\\\\x00ff,NULL,{\\\\x}}");
    }

    @Test
    void writtenArraysCanBeReadBack() {
        List<Object> values = Arrays.asList("a\"\\{},b", null, "NULL", "", List.of("x", "\\\"", " "));
        assertThat(PostgresArrays.parse(PostgresArrays.literal(values))).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a}", "{{1}", "{{1,{2}}", "[0:1]", "[0:1]={", "{\"a\\\"}"})
    void textThatThePackageHangsOnOrMisreadsIsAnError(String text) {
        assertThatThrownBy(() -> PostgresArrays.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
