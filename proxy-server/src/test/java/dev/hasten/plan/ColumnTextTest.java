package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.postgres.ColumnType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text from PostgreSQL becomes the value that {@code @prisma/adapter-pg} 7.10 returns. Types are given by their OID. */
final class ColumnTextTest {
    private static Object decode(int oid, String text) {
        return ColumnText.decode(text.getBytes(UTF_8), ColumnType.of(oid));
    }

    @ParameterizedTest
    @CsvSource({
        "int8,        20,    9007199254740993",
        "text,        25,    a\u00e4\u20ac",
        "json,        114,   [1]",
        "numeric,     1700,  1.50",
        "date,        1082,  2024-02-29",
        "date,        1082,  infinity",
        "date,        1082,  0044-03-15 BC",
        "time,        1083,  12:34:56.5",
        "enum,        16384, red",
        "unsupported, 1186,  1 day",
    })
    void otherTypesAreStrings(String type, int oid, String text) {
        assertThat(decode(oid, text)).as(type).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "timetz,      1266, 12:34:56+02,                 10:34:56",
        "timetz,      1266, 22:34:56.5-03:30,            02:04:56.5",
        "timestamp,   1114, 2024-02-29 12:34:56.5,       2024-02-29T12:34:56.5+00:00",
        "timestamptz, 1184, 2024-02-29 12:34:56.5+00,    2024-02-29T12:34:56.5+00:00",
        "timestamptz, 1184, 1800-01-01 00:00:00+00,      1800-01-01T00:00:00+00:00",
    })
    void timeHasTheFormOfTheAdapter(String type, int oid, String text, String expected) {
        assertThat(decode(oid, text)).as(type).isEqualTo(expected);
    }

    /** The official adapter makes malformed timestamps of these. */
    @ParameterizedTest
    @ValueSource(strings = {"infinity", "-infinity", "0044-03-15 00:00:00 BC"})
    void timestampOutsideTheCalendarIsUnchanged(String text) {
        assertThat(decode(1114, text)).isEqualTo(text);
        assertThat(decode(1184, text)).isEqualTo(text);
    }

    /** The official adapter only removes the first currency symbol, so it cannot read negative or large amounts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$1,234.50 | 1234.50",
                "-$1,234.50 | -1234.50",
                "($5.00) | -5.00",
                "1 234.50 EUR | 1234.50",
                "$0 | 0"
            })
    void moneyIsANumberWithoutCurrency(String text, String number) {
        assertThat(decode(790, text)).isEqualTo(number);
    }

    @Test
    void numbersAndBooleansAreValues() {
        assertThat(decode(21, "-5")).isEqualTo(-5L);
        assertThat(decode(23, "2147483647")).isEqualTo(2147483647L);
        assertThat(decode(26, "4294967295")).isEqualTo(4294967295L);
        assertThat(decode(700, "0.1")).isEqualTo(0.1);
        assertThat(decode(701, "1e+21")).isEqualTo(1e21);
        assertThat(decode(701, "-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(decode(701, "NaN")).isEqualTo(Double.NaN);
        assertThat(decode(16, "t")).isEqualTo(true);
        assertThat(decode(16, "f")).isEqualTo(false);
    }

    @Test
    void byteaIsBytes() {
        assertThat(decode(17, "\\x00ff")).isEqualTo(new byte[] {0, -1});
        assertThat(decode(17, "\\x")).isEqualTo(new byte[0]);
        assertThatThrownBy(() -> decode(17, "\\000")).hasMessage("bytea_output must be hex");
    }

    @Test
    void arrayIsAListOfValues() {
        assertThat(decode(1007, "{1,NULL,3}")).isEqualTo(Arrays.asList(1L, null, 3L));
        assertThat(decode(1007, "{{1,2},{3,NULL}}")).isEqualTo(List.of(List.of(1L, 2L), Arrays.asList(3L, null)));
        assertThat(decode(1009, "{a,\"b,c\",NULL,\"NULL\",\"\u20ac\"}"))
                .isEqualTo(Arrays.asList("a", "b,c", null, "NULL", "\u20ac"));
        assertThat(decode(1009, "{}")).isEqualTo(List.of());
        assertThat(decode(1115, "{\"2024-02-29 12:34:56\"}")).isEqualTo(List.of("2024-02-29T12:34:56+00:00"));
        assertThat(decode(791, "{\"$1,234.50\",-$5.00}")).isEqualTo(List.of("1234.50", "-5.00"));
        assertThat(decode(3807, "{\"{\\\"a\\\": 1}\"}")).isEqualTo(List.of("{\"a\": 1}"));
        assertThat((List<?>) decode(1001, "{\"\\\\x00ff\"}")).singleElement().isEqualTo(new byte[] {0, -1});
    }
}
