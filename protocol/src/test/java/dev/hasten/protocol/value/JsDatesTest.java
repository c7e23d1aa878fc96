package dev.hasten.protocol.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsDatesTest {
    @Test
    void printsEveryReferenceInstantAsNodeDoes() {
        Reference.forEach("date-to-iso", (input, expected) -> {
            long millis = input.longValue();
            if (expected.isNull()) {
                assertThatThrownBy(() -> JsDates.toIso(millis)).isInstanceOf(DateFormatException.class);
            } else {
                assertThat(JsDates.toIso(millis)).isEqualTo(expected.stringValue());
                assertThat(JsDates.parseMillis(expected.stringValue())).isEqualTo(millis);
            }
        });
    }

    @Test
    void parsesEveryReferenceTextAsNodeDoes() {
        Reference.forEach("date-parse", (input, expected) -> {
            String text = input.stringValue();
            if (expected.isNull()) {
                assertThatThrownBy(() -> JsDates.parseMillis(text)).as(text).isInstanceOf(DateFormatException.class);
            } else {
                assertThat(JsDates.parseMillis(text)).as(text).isEqualTo(expected.longValue());
            }
        });
    }

    @Test
    void readsPostgresTextAsAdapterAndDataMapperDo() {
        Reference.forEach("date-postgres", (input, expected) -> {
            String type = input.get(0).stringValue();
            String text = input.get(1).stringValue();
            if (expected.isNull()) {
                assertThatThrownBy(() -> isoFrom(type, text)).as(text).isInstanceOf(DateFormatException.class);
            } else {
                assertThat(isoFrom(type, text)).as(text).isEqualTo(expected.stringValue());
            }
        });
    }

    @Test
    void formatsParametersAsAdapterPgDoes() {
        Reference.forEach("date-format", (input, expected) -> {
            long millis = input.longValue();
            assertThat(JsDates.formatTimestamp(millis))
                    .isEqualTo(expected.get(0).stringValue());
            assertThat(JsDates.formatDate(millis)).isEqualTo(expected.get(1).stringValue());
            assertThat(JsDates.formatTime(millis)).isEqualTo(expected.get(2).stringValue());
        });
    }

    /** The first text is the output of PostgreSQL 15, the second the format that JavaScript's Date reads. */
    @ParameterizedTest
    @CsvSource({
        "timestamp, 0044-03-15 12:00:00 BC, -000043-03-15T12:00:00.000Z",
        "timestamp, 0001-12-31 23:59:59.999999 BC, 0000-12-31T23:59:59.999Z",
        "timestamp, 4713-01-01 00:00:00 BC, -004712-01-01T00:00:00.000Z",
        "timestamp, 10000-01-01 00:00:00, +010000-01-01T00:00:00.000Z",
        "timestamp, 275760-09-13 00:00:00, +275760-09-13T00:00:00.000Z",
        "timestamptz, 0044-03-15 12:00:00.5+00 BC, -000043-03-15T12:00:00.500Z",
        "timestamptz, 10000-01-01 00:00:00.123456+00, +010000-01-01T00:00:00.123Z",
        "timestamptz, 2026-11-22 12:25:46.747123+05:30, 2026-11-22T06:55:46.747Z",
        "timestamptz, 1883-11-18 12:00:00-04:56:02, 1883-11-18T16:56:02.000Z",
        "date, 0044-03-15 BC, -000043-03-15T00:00:00.000Z",
        "date, 0001-02-29 BC, 0000-02-29T00:00:00.000Z",
        "date, 10000-01-01, +010000-01-01T00:00:00.000Z",
        "timetz, 12:25:46.5+05:30:15, 1970-01-01T06:55:31.500Z",
        "timetz, 12:25:46-11, 1970-01-01T23:25:46.000Z",
        "timetz, 23:25:46-03:30, 1970-01-01T02:55:46.000Z",
        "timetz, 01:02:03.456789+02, 1970-01-01T23:02:03.456Z",
    })
    void readsYearsOnWhichTheOriginalFails(String type, String text, String expected) {
        assertThat(isoFrom(type, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "infinity",
                "-infinity",
                "22.11.2026 12:25:46",
                "11/22/2026 12:25:46",
                "Sun Nov 22 12:25:46 2026",
                "2026-11-22",
                "2026-11-22 12:25",
                "2026-11-22 12:25:46.",
                "2026-11-22 12:25:46+",
                "2026-11-22 12:25:46x",
                "2026-11-22 32:25:46",
                "275760-09-13 00:00:00.001",
                "294276-12-31 23:59:59",
                "12345678-01-01 00:00:00"
            })
    void refusesTimestampsThatADateCannotHold(String text) {
        assertThatThrownBy(() -> isoFrom("timestamp", text)).isInstanceOf(DateFormatException.class);
        assertThatThrownBy(() -> isoFrom("timestamptz", text)).isInstanceOf(DateFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5874897-12-31", "infinity", "-infinity", "2026-11-2", "2026-11-22 x", "12:00:00"})
    void refusesDatesThatADateCannotHold(String text) {
        assertThatThrownBy(() -> isoFrom("date", text)).isInstanceOf(DateFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12:00", "32:00:00", "12:00:00.", "12:00:00x", "2026-11-22", "12-00-00"})
    void rejectsTextThatIsNotATime(String text) {
        assertThatThrownBy(() -> isoFrom("time", text)).isInstanceOf(DateFormatException.class);
        assertThatThrownBy(() -> isoFrom("timetz", text)).isInstanceOf(DateFormatException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-000043-03-15T12:00:00.500Z, 0044-03-15 12:00:00.500 BC, 0044-03-15 BC",
        "0000-12-31T00:00:00.000Z, 0001-12-31 00:00:00 BC, 0001-12-31 BC",
        "+010000-01-01T00:00:00.000Z, 10000-01-01 00:00:00, 10000-01-01",
        "+275760-09-13T00:00:00.000Z, 275760-09-13 00:00:00, 275760-09-13",
        "-271821-04-20T00:00:00.000Z, 271822-04-20 00:00:00 BC, 271822-04-20 BC",
    })
    void formatsYearsOfOtherThanFourDigitsForPostgres(String iso, String timestamp, String date) {
        long millis = JsDates.parseMillis(iso);
        assertThat(JsDates.formatTimestamp(millis)).isEqualTo(timestamp);
        assertThat(JsDates.formatDate(millis)).isEqualTo(date);
        assertThat(isoFrom("timestamp", timestamp)).isEqualTo(iso);
    }

    @Test
    void hourOnlyOffsetsAreReadUnlikeInJavaScript() {
        assertThat(JsDates.parseMillis("2024-01-01T12:34:56.7+02"))
                .isEqualTo(JsDates.parseMillis("2024-01-01T10:34:56.7Z"));
        assertThat(JsDates.parseMillis("2024-01-01 12:34:56+00"))
                .isEqualTo(JsDates.parseMillis("2024-01-01T12:34:56Z"));
    }

    @Test
    void dayArithmeticAgreesWithJavaTime() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            long epochDay = random.nextLong(-100_000_000, 100_000_001);
            long packed = CivilDate.ofEpochDay(epochDay);
            LocalDate expected = LocalDate.ofEpochDay(epochDay);
            assertThat(CivilDate.year(packed)).isEqualTo(expected.getYear());
            assertThat(CivilDate.month(packed)).isEqualTo(expected.getMonthValue());
            assertThat(CivilDate.day(packed)).isEqualTo(expected.getDayOfMonth());
            assertThat(CivilDate.toEpochDay(CivilDate.year(packed), CivilDate.month(packed), CivilDate.day(packed)))
                    .isEqualTo(epochDay);
        }
    }

    @Test
    void slowAndFastReadingAgree() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 20_000; i++) {
            long millis = random.nextLong(-62_135_596_800_000L, 253_402_300_800_000L);
            String text = JsDates.formatTimestamp(millis);
            assertThat(isoFrom("timestamp", text)).isEqualTo(JsDates.toIso(millis));
            assertThat(isoFrom("timestamptz", text + "+00:00")).isEqualTo(JsDates.toIso(millis));
            assertThat(Instant.parse(JsDates.toIso(millis)).toEpochMilli()).isEqualTo(millis);
        }
    }

    @Test
    void exceptionsCarryAShortMessageAndNoStack() {
        DateFormatException exception = new DateFormatException("x".repeat(1000));
        assertThat(exception.getStackTrace()).isEmpty();
        assertThat(exception).hasMessage("Invalid time value: " + "x".repeat(64));
    }

    private static String isoFrom(String type, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return switch (type) {
            case "timestamp" -> JsDates.isoFromTimestamp(bytes);
            case "timestamptz" -> JsDates.isoFromTimestamptz(bytes);
            case "date" -> JsDates.isoFromDate(bytes);
            case "time" -> JsDates.isoFromTime(bytes);
            case "timetz" -> JsDates.isoFromTimetz(bytes);
            default -> throw new AssertionError(type);
        };
    }
}
