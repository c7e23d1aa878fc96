package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123Z");

    @ParameterizedTest
    @CsvSource({
        "90m, 2026-11-22T13:30:00Z",
        "12h, 2026-11-23T00:00:00Z",
        "30d, 2026-12-22T12:00:00Z",
        "2w, 2026-12-06T12:00:00Z",
        "2027-01-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "2027-01-31, 2027-02-01T00:00:00Z",
        "2027-01-01T01:00:00+01:00, 2027-01-01T00:00:00Z"
    })
    void durationsAreRelativeToNowAndTimesAreAbsolute(String text, Instant expected) {
        assertThat(KeyExpiry.parse(text, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "d",
                "30",
                "-1d",
                "1.5h",
                "30 d",
                "30D",
                "999999d",
                "1y",
                "tomorrow",
                "2027-02-30",
                "2027-1-1"
            })
    void anythingElseIsRejectedWithTheAllowedFormats(String text) {
        assertThatThrownBy(() -> KeyExpiry.parse(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text
                        + "\" is not allowed as the expiry; use a duration with the unit m, h, d or w, such as"
                        + " 12h or 30d, a day such as 2027-01-31, or a time such as 2027-01-01T00:00:00Z");
    }
}
