package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {
    @ParameterizedTest
    @CsvSource({
        "TIME, 250ms, 250, 250ms",
        "TIME, 10s, 10000, 10s",
        "TIME, 90s, 90000, 90s",
        "TIME, 120s, 120000, 2m",
        "TIME, 1H, 3600000, 1h",
        "TIME, 0ms, 0, 0s",
        "BYTES, 64kb, 65536, 64kb",
        "BYTES, 5MB, 5242880, 5mb",
        "BYTES, 1gb, 1073741824, 1gb",
        "BYTES, 1024kb, 1048576, 1mb",
        "BYTES, 1500, 1500, 1500",
        "COUNT, 007, 7, 7",
    })
    void aNumberIsParsedWithItsUnitAndFormattedInTheLargestExactUnit(
            Unit unit, String text, long number, String shortest) {
        assertThat(unit.parse(text)).isEqualTo(number);
        assertThat(unit.format(number)).isEqualTo(shortest);
    }

    @ParameterizedTest
    @CsvSource({
        "TIME, 10",
        "TIME, s",
        "TIME, 1.5s",
        "TIME, -1s",
        "TIME, 1 s",
        "BYTES, 1k",
        "BYTES, 1.5mb",
        "COUNT, 1e3",
        "COUNT, 1_000",
        "COUNT, ''",
        "COUNT, 99999999999999999999",
        "BYTES, 9999999999999gb",
    })
    void anythingElseIsRefused(Unit unit, String text) {
        assertThatThrownBy(() -> unit.parse(text))
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }
}
