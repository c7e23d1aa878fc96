package dev.hasten.prisma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.protocol.ApiError;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** A client can request any time from a nanosecond to a day. */
final class TransactionTimesTest {
    private static Duration timeout(String json) {
        return TransactionTimes.milliseconds(JsonMapper.shared().readTree(json), "timeout");
    }

    @ParameterizedTest
    @CsvSource({"1, PT0.001S", "5000, PT5S", "0.5, PT0.0005S", "1.5e3, PT1.5S", "86400000, PT24H"})
    void numberIsATimeInMilliseconds(String number, Duration expected) {
        assertThat(timeout("{\"timeout\":" + number + "}")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"timeout\":null}", "{\"maxWait\":5}"})
    void timeIsOptional(String body) {
        assertThat(timeout(body)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0.0", "-1", "86400000.1", "86400001", "1e400", "-1e400", "1e-400"})
    void timeOutOfRangeIsRejected(String number) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> timeout("{\"timeout\":" + number + "}"));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6005");
        assertThat(error.text())
                .isEqualTo("Invalid transaction parameters: `timeout` must be more than 0 and at most 86400000"
                        + " milliseconds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5000\"", "true", "[]", "{}"})
    void timeThatIsNotANumberIsRejected(String value) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> timeout("{\"timeout\":" + value + "}"));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text()).isEqualTo("Invalid request body: `timeout` must be a number of milliseconds");
    }
}
