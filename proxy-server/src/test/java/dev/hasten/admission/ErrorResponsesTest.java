package dev.hasten.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.http.Bodies;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors have the body and headers that all versions of Prisma Client understand. */
final class ErrorResponsesTest {
    @Test
    void bodyHasTheMembersOfAllVersions() {
        Response response = ErrorResponses.of(ApiError.of(409, "P2034", "conflict", Map.of("a", 1)));
        assertThat(response.status()).isEqualTo(409);
        assertThat(response.header("Prisma-Error-Code")).isEqualTo("P2034");
        assertThat(response.header("Retry-After")).isNull();
        assertThat(response.header("WWW-Authenticate")).isNull();
        assertThat(Bodies.text(response))
                .isEqualTo("{\"is_panic\":false,\"message\":\"conflict\",\"error_code\":\"P2034\",\"code\":\"P2034\","
                        + "\"error\":\"conflict\",\"meta\":{\"a\":1}}");
    }

    @Test
    void telemetryFollowsTheError() {
        Response response = ErrorResponses.of(ApiError.badRequest("bad"), Map.of("logs", 1));
        assertThat(Bodies.text(response)).endsWith("\"meta\":{},\"extensions\":{\"logs\":1}}");
    }

    /** HTTP has whole seconds, and 0 would invite a retry at once. */
    @ParameterizedTest
    @CsvSource({"PT0.5S, 1", "PT1S, 1", "PT1.9S, 1", "PT1M, 60"})
    void retryAfterIsInWholeSeconds(Duration time, String seconds) {
        assertThat(ErrorResponses.of(ApiError.tooManyRequests("slow down", time))
                        .header("Retry-After"))
                .isEqualTo(seconds);
    }

    @Test
    void missingKeyNamesTheScheme() {
        assertThat(ErrorResponses.of(ApiError.unauthorized()).header("WWW-Authenticate"))
                .isEqualTo("Bearer");
        assertThat(ErrorResponses.of(ApiError.forbidden("no scope")).header("WWW-Authenticate"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 1, 1, 1, PT1S, 1",
        "PT-1S, 1, 1, 1, PT1S, 1",
        "PT1S, 0, 1, 1, PT1S, 1",
        "PT1S, 1, 0, 1, PT1S, 1",
        "PT1S, 1, 1, 0, PT1S, 1",
        "PT1S, 1, 1, 1, PT0S, 1",
        "PT1S, 1, 1, 1, PT1S, 0"
    })
    void limitsOfADatabaseMustBePositive(
            Duration queryTimeout, long responseBytes, long sqlBytes, long resultBytes, Duration stream, int streams) {
        assertThatThrownBy(
                        () -> new Database.Limits(queryTimeout, responseBytes, sqlBytes, resultBytes, stream, streams))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limits must be positive");
    }
}
