package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.protocol.ApiError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of Prisma 5 and 6 are supported. Clients of other versions get an error that names the supported ones. */
final class ClientVersionTest {
    @ParameterizedTest
    @ValueSource(strings = {"5.0.0", "5.22.0", "6.0.1", "6.19.10", "6.9999.9999"})
    void versionsFrom5To6AreSupported(String version) {
        assertThat(ClientVersion.of(version)).hasToString(version);
    }

    @ParameterizedTest
    @CsvSource({
        "6.7.0, 6, 7, true",
        "6.7.3, 6, 7, true",
        "6.10.0, 6, 7, true",
        "6.6.9, 6, 7, false",
        "5.22.0, 6, 1, false",
        "6.0.0, 5, 20, true",
        "5.9.0, 5, 17, false",
    })
    void versionsAreComparedAsNumbers(String version, int major, int minor, boolean atLeast) {
        assertThat(ClientVersion.of(version).isAtLeast(major, minor)).isEqualTo(atLeast);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4.16.2 | Prisma Client 4.16.2 is not supported because it sends GraphQL instead of JSON.",
                "7.0.0  | Prisma Client 7.0.0 does not use the data proxy protocol.",
            })
    void otherVersionsAreRejectedWithTheReason(String version, String reason) {
        assertThat(rejected(version)).startsWith(reason + " Supported versions are 5.0.0 to 6.x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "6",
                "6.19",
                "6.19.0.1",
                "6.19.0-dev.1",
                "v6.19.0",
                "none",
                "6.19.x",
                "66666.1.1",
                " 6.19.0",
                "-6.1.0"
            })
    void textThatIsNoVersionIsRejected(String version) {
        assertThat(rejected(version))
                .startsWith("Invalid client version in the path; expected a version such as 6.19.0.");
    }

    private static String rejected(String version) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> ClientVersion.of(version));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6006");
        return error.text();
    }
}
