package dev.hasten.prisma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.postgres.Results;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Errors of PostgreSQL and of the connection have the code, text and meta that Prisma's own packages give them. */
final class PrismaErrorsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String REPORTED = "reported-errors.jsonl";

    static List<JsonNode> reportedErrors() {
        return PrismaReference.lines(REPORTED);
    }

    static List<JsonNode> connectionErrors() {
        return PrismaReference.lines("connection-errors.jsonl");
    }

    private static ServerReport report(JsonNode fields) {
        return new ServerReport(
                fields.get("code").stringValue(),
                fields.get("severity").stringValue(),
                fields.get("message").stringValue(),
                text(fields, "detail"),
                text(fields, "hint"),
                null,
                null,
                null,
                null,
                null,
                text(fields, "table"),
                text(fields, "column"),
                null,
                text(fields, "constraint"),
                null,
                null,
                null);
    }

    private static @Nullable String text(JsonNode fields, String name) {
        return fields.path(name).stringValue(null);
    }

    private static DatabaseException failed(DatabaseFailure failure) {
        return Results.failedStatement(failure);
    }

    private static void assertSame(ApiError error, JsonNode expected) {
        assertThat(error.code()).isEqualTo(expected.get("code").stringValue());
        assertThat(error.text()).isEqualTo(expected.get("message").stringValue());
        assertThat(JSON.writeValueAsString(error.meta()))
                .isEqualTo(expected.get("meta").toString());
    }

    @ParameterizedTest
    @MethodSource("reportedErrors")
    void errorOfAModelQueryIsThatOfTheOfficialPackages(JsonNode example) {
        ServerReport report = report(example.get("report"));
        ApiError error = PrismaErrors.of(failed(new DatabaseFailure.Reported(report)), false);
        assertSame(error, example.get("compiled"));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.serverReport()).isSameAs(report);
    }

    @ParameterizedTest
    @MethodSource("reportedErrors")
    void errorOfARawQueryIsThatOfTheOfficialPackages(JsonNode example) {
        ServerReport report = report(example.get("report"));
        ApiError error = PrismaErrors.of(failed(new DatabaseFailure.Reported(report)), true);
        assertSame(error, example.get("raw"));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.serverReport()).isSameAs(report);
    }

    /** The reference must be complete: one example for every SQLSTATE with a code of its own, and one for all others. */
    @ParameterizedTest
    @CsvSource({
        "22001, P2000",
        "22003, P2020",
        "22P02, P2007",
        "23001, P2003",
        "23502, P2011",
        "23503, P2003",
        "23505, P2002",
        "28000, P1010",
        "28P01, P1000",
        "3D000, P1003",
        "40001, P2034",
        "40P01, P2034",
        "42703, P2022",
        "42P01, P2021",
        "42P04, P1009",
        "53300, P2037",
        "23514, P2039",
    })
    void everySqlStateIsInTheReference(String state, String code) {
        assertThat(PrismaReference.lines(REPORTED))
                .filteredOn(example -> example.at("/report/code").stringValue().equals(state))
                .isNotEmpty()
                .allSatisfy(example ->
                        assertThat(example.at("/compiled/code").stringValue()).isEqualTo(code));
    }

    private static DatabaseFailure failure(JsonNode example) {
        return switch (example.get("failure").stringValue()) {
            case "unreachable" -> new DatabaseFailure.Unreachable("10.0.0.1", 5432);
            case "unreachableAtUnknownAddress" -> new DatabaseFailure.Unreachable(null, 0);
            case "timedOut" -> new DatabaseFailure.TimedOut();
            case "tlsFailed" -> new DatabaseFailure.TlsFailed("certificate has expired");
            case "connectionClosed" -> new DatabaseFailure.ConnectionClosed();
            default -> throw new AssertionError("unknown failure in " + example);
        };
    }

    @ParameterizedTest
    @MethodSource("connectionErrors")
    void lostConnectionIsThatOfTheOfficialPackages(JsonNode example) {
        ApiError error = PrismaErrors.of(failed(failure(example)), false);
        assertSame(error, example.get("compiled"));
        assertThat(error.serverReport()).isNull();
    }

    /** Only the SQLSTATE differs, for which the official packages have no value. */
    @ParameterizedTest
    @MethodSource("connectionErrors")
    void lostConnectionOfARawQueryHasASqlState(JsonNode example) {
        ApiError error = PrismaErrors.of(failed(failure(example)), true);
        assertThat(error.code()).isEqualTo("P2010");
        assertThat(error.text())
                .isEqualTo(example.at("/raw/message").stringValue().replace("`N/A`", "`08006`"));
        assertThat(JSON.writeValueAsString(error.meta()))
                .isEqualTo(example.at("/raw/meta").toString());
    }

    @ParameterizedTest
    @MethodSource("connectionErrors")
    void failedAttemptToConnectIsNotAnErrorOfTheRawQuery(JsonNode example) {
        assertSame(PrismaErrors.of(Results.failedConnection(failure(example)), true), example.get("compiled"));
    }

    @Test
    void onlyAnUnreachableDatabaseIsUnavailable() {
        assertThat(connectionErrors()).hasSize(5).allSatisfy(example -> {
            boolean unreachable = example.get("failure").stringValue().startsWith("unreachable");
            assertThat(PrismaErrors.of(failed(failure(example)), false).status())
                    .isEqualTo(unreachable ? 503 : 400);
            assertThat(PrismaErrors.of(failed(failure(example)), true).status()).isEqualTo(unreachable ? 503 : 400);
        });
    }

    @Test
    void fullOrSlowPoolHasItsOwnErrors() {
        ApiError timeout = PrismaErrors.of(failed(new DatabaseFailure.PoolTimeout(Duration.ofSeconds(7), 5)), true);
        assertThat(timeout.status()).isEqualTo(503);
        assertThat(timeout.code()).isEqualTo("P2024");
        assertThat(timeout.meta()).isEqualTo(Map.of("connection_limit", 5, "timeout", 7L));

        ApiError full = PrismaErrors.of(failed(new DatabaseFailure.PoolQueueFull(100)), false);
        assertThat(full.status()).isEqualTo(429);
        assertThat(full.code()).isEqualTo("P5011");
        assertThat(full.retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void unsupportedTypeIsNamedInTextAndMeta() {
        String meta = "{\"driverAdapterError\":{\"name\":\"DriverAdapterError\",\"cause\":"
                + "{\"kind\":\"UnsupportedNativeDataType\",\"type\":\"interval\"}}}";
        ApiError compiled = PrismaErrors.unsupportedType("interval", false);
        assertThat(compiled.code()).isEqualTo("P2010");
        assertThat(compiled.text())
                .startsWith("Failed to deserialize column of type 'interval'. If you're using $queryRaw");
        assertThat(JSON.writeValueAsString(compiled.meta())).isEqualTo(meta);

        ApiError raw = PrismaErrors.unsupportedType("interval", true);
        assertThat(raw.code()).isEqualTo("P2010");
        assertThat(raw.text()).isEqualTo("Raw query failed. Code: `0A000`. Message: `" + compiled.text() + "`");
        assertThat(JSON.writeValueAsString(raw.meta())).isEqualTo(meta);
    }

    /** A function of a client can raise such a message, and matching it must not take quadratic time. */
    @Test
    void columnIsNotSearchedInALongMessage() {
        ServerReport report = ServerReport.of("42703", "column " + "\"a\".".repeat(500) + "b does not exist");
        assertThat(PrismaErrors.of(failed(new DatabaseFailure.Reported(report)), false)
                        .text())
                .isEqualTo("The column `(not available)` does not exist in the current database.");
    }

    @Test
    void failureOfTranslatedWorkIsThatOfAModelQuery() {
        ServerReport report = ServerReport.of("53300", "sorry, too many clients already");
        ApiError error = catchThrowableOfType(
                ApiError.class,
                () -> PrismaErrors.translated(() -> {
                    throw failed(new DatabaseFailure.Reported(report));
                }));
        assertThat(error.code()).isEqualTo("P2037");
        assertThat(PrismaErrors.translated(() -> "result")).isEqualTo("result");
        IllegalStateException other = new IllegalStateException("another exception");
        assertThatThrownBy(() -> PrismaErrors.translated(() -> {
                    throw other;
                }))
                .isSameAs(other);
    }
}
