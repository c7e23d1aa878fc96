package dev.hasten.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.protocol.ApiError;
import dev.hasten.telemetry.CaptureSettings.Format;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header X-Capture-Telemetry requests spans, events of some levels, both or nothing. */
final class CaptureSettingsTest {
    @Test
    void withoutTheHeaderNothingIsRequested() {
        assertThat(CaptureSettings.parse(null, Format.EXECUTOR)).isSameAs(CaptureSettings.NONE);
        assertThat(CaptureSettings.NONE.any()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tracing                       | true  |",
                "query                         | false | query",
                "tracing,query                 | true  | query",
                " debug , info,warn , error,query | false | debug info warn error query",
                "query,query,tracing,tracing   | true  | query",
                ",query,                       | false | query",
            })
    void wordsAreSpansAndLevels(String header, boolean spans, String levels) {
        CaptureSettings settings = CaptureSettings.parse(header, Format.EXECUTOR);
        assertThat(settings.spans()).isEqualTo(spans);
        assertThat(settings.levels()).isEqualTo(levels == null ? Set.of() : Set.of(levels.split(" ")));
        assertThat(settings.any()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , "})
    void headerWithoutWordsRequestsNothing(String header) {
        assertThat(CaptureSettings.parse(header, Format.EXECUTOR).any()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"everything", "query;tracing", "Tracing", "query tracing", "tracing,x"})
    void otherWordIsRejectedWithTheAllowedOnes(String header) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> CaptureSettings.parse(header, Format.EXECUTOR));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text())
                .isEqualTo(
                        "Invalid header X-Capture-Telemetry: it must be one or more of tracing, debug, query, info, warn and error, separated by commas");
    }
}
