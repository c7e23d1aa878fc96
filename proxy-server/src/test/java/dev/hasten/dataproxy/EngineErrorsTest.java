package dev.hasten.dataproxy;

import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.postgres.Results;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors have the texts and meta of the query engine that belongs to the client's version. */
final class EngineErrorsTest {
    private static final ClientVersion NEWEST = ClientVersion.of("6.19.0");

    /** A report with the given fields. */
    private static ServerReport report(String state, String message, Map<String, String> fields) {
        return new ServerReport(
                state,
                "ERROR",
                message,
                fields.get("detail"),
                fields.get("hint"),
                null,
                null,
                null,
                null,
                null,
                fields.get("table"),
                fields.get("column"),
                null,
                fields.get("constraint"),
                null,
                null,
                null);
    }

    /** The engine's error for a report of PostgreSQL. */
    private static ApiError reported(String version, boolean raw, ServerReport report) {
        ApiError error = PrismaErrors.of(Results.failedStatement(new DatabaseFailure.Reported(report)), raw);
        return EngineErrors.worded(error, ClientVersion.of(version));
    }

    private static ApiError worded(String version, String code, String text, Map<String, ?> meta) {
        return EngineErrors.worded(ApiError.of(400, code, text, meta), ClientVersion.of(version));
    }

    private static Map<String, String> fields(
            @Nullable String detail, @Nullable String column, @Nullable String constraint) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("detail", detail);
        fields.put("column", column);
        fields.put("constraint", constraint);
        return fields;
    }

    @Test
    void elementHasTheMembersThatClientsRead() {
        ApiError error = ApiError.of(400, "P2034", "conflict", Map.of("a", 1));
        assertThat(EngineErrors.of(error, NEWEST, null))
                .isEqualTo(object(
                        "error",
                        "conflict",
                        "user_facing_error",
                        object("is_panic", false, "message", "conflict", "meta", Map.of(), "error_code", "P2034")));
        assertThat(EngineErrors.of(error, NEWEST, 3))
                .isEqualTo(object(
                        "error",
                        "Error in batch request 3: conflict",
                        "user_facing_error",
                        object(
                                "is_panic",
                                false,
                                "message",
                                "conflict",
                                "meta",
                                Map.of(),
                                "error_code",
                                "P2034",
                                "batch_request_idx",
                                3)));
    }

    /** Clients build the text of these errors from the meta, and crash without it. */
    @ParameterizedTest
    @ValueSource(strings = {"P2009", "P2012"})
    void codeIsLeftOutIfClientsCouldNotReadTheMeta(String code) {
        assertThat(EngineErrors.of(ApiError.of(400, code, "bad"), NEWEST, null).get("user_facing_error"))
                .isEqualTo(object("is_panic", false, "message", "bad", "backtrace", null));
        ApiError complete = ApiError.of(400, code, "bad", Map.of("kind", "UnknownInputField"));
        assertThat(EngineErrors.of(complete, NEWEST, null).get("user_facing_error"))
                .isEqualTo(object(
                        "is_panic",
                        false,
                        "message",
                        "bad",
                        "meta",
                        Map.of("kind", "UnknownInputField"),
                        "error_code",
                        code));
    }

    @ParameterizedTest
    @CsvSource({"P2002, true", "P2034, true", "P1001, false", "P5011, false", "P6000, false"})
    void onlyErrorsOfTheQueryAreErrorsOfTheEngine(String code, boolean ofEngine) {
        assertThat(EngineErrors.isOfEngine(ApiError.of(400, code, "text"))).isEqualTo(ofEngine);
    }

    @Test
    void uniqueConstraintNamesTheColumns() {
        ApiError error = reported(
                "6.19.0",
                false,
                report("23505", "duplicate", fields("Key (id, \"ownerName\")=(1, 2) already exists.", null, "k")));
        assertThat(error.code()).isEqualTo("P2002");
        assertThat(error.text()).isEqualTo("Unique constraint failed on the fields: (`id`,`ownerName`)");
        assertThat(error.meta()).isEqualTo(object("target", list("id", "ownerName")));
    }

    /** PostgreSQL omits the detail if the role may not see the values. */
    @Test
    void uniqueConstraintIsNamedIfTheColumnsAreUnknown() {
        ApiError error = reported("6.19.0", false, report("23505", "duplicate", fields(null, null, "User_email_key")));
        assertThat(error.text()).isEqualTo("Unique constraint failed on the constraint: `User_email_key`");
        assertThat(error.meta()).isEqualTo(object("target", "User_email_key"));
        ApiError unnamed = reported("6.19.0", false, report("23505", "duplicate", fields("none", null, null)));
        assertThat(unnamed.meta()).isEqualTo(object("target", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5.10.0 | Foreign key constraint failed on the field: `fk (index)` | field_name | fk (index)",
                "5.19.1 | Foreign key constraint failed on the field: `fk (index)` | field_name | fk (index)",
                "5.20.0 | Foreign key constraint violated: `fk (index)`            | field_name | fk (index)",
                "6.6.0  | Foreign key constraint violated: `fk (index)`            | field_name | fk (index)",
                "6.7.0  | Foreign key constraint violated on the constraint: `fk`  | constraint | fk",
                "6.19.0 | Foreign key constraint violated on the constraint: `fk`  | constraint | fk",
            })
    void foreignKeyIsNamedAsInTheVersionOfTheClient(String version, String text, String member, String name) {
        ApiError error = reported(version, false, report("23503", "violates", fields(null, null, "fk")));
        assertThat(error.code()).isEqualTo("P2003");
        assertThat(error.text()).isEqualTo(text);
        assertThat(error.meta()).isEqualTo(object(member, name));
    }

    @Test
    void foreignKeyWithoutANameHasNoMeta() {
        ApiError error = reported("6.19.0", false, report("23503", "violates", Map.of()));
        assertThat(error.text()).isEqualTo("Foreign key constraint violated on the (not available)");
        assertThat(error.meta()).isEmpty();
    }

    /** PostgreSQL 18 introduced this SQLSTATE, which the engines do not know. */
    @Test
    void restrictionIsReportedAsByPrisma7() {
        ServerReport report = report("23001", "violates RESTRICT", fields(null, null, "fk"));
        ApiError error = reported("5.10.0", false, report);
        assertThat(error.text()).isEqualTo("Foreign key constraint violated on the constraint: `fk`");
        assertThat(error.meta()).containsOnlyKeys("driverAdapterError");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5.10.0 | name | Null constraint violation on the fields: (`name`)",
                "6.6.0  | name | Null constraint violation on the fields: (`name`)",
                "6.19.0 | name | Null constraint violation on the fields: (`name`)",
            })
    void missingValueIsNamed(String version, String column, String text) {
        ApiError error = reported(version, false, report("23502", "null value", fields("Failing row", "name", null)));
        assertThat(error.code()).isEqualTo("P2011");
        assertThat(error.text()).isEqualTo(text);
        assertThat(error.meta()).isEqualTo(object("constraint", column == null ? null : list(column)));
    }

    @Test
    void missingValuesAreListedWithoutSpaces() {
        ApiError error =
                reported("6.19.0", false, report("23502", "null value", fields("Key (a, b) is null", null, null)));
        assertThat(error.text()).isEqualTo("Null constraint violation on the fields: (`a`,`b`)");
        assertThat(error.meta()).isEqualTo(object("constraint", list("a", "b")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "22001 | too long               | P2000 | column_name | (not available)",
                "22003 | integer out of range   | P2020 | details     | integer out of range",
                "42P01 | relation \"T\" does not exist | P2021 | table | T",
                "42703 | column \"c\" does not exist   | P2022 | column | c",
                "42703 | column T.c does not exist     | P2022 | column | T.c",
                "42703 | column \"c\" of relation \"T\" does not exist | P2022 | column | c",
            })
    void metaNamesWhatIsWrong(String state, String message, String code, String member, String value) {
        ApiError error = reported("6.19.0", false, ServerReport.of(state, message));
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.meta()).isEqualTo(object(member, value));
    }

    @Test
    void missingColumnIsNamedInTheText() {
        assertThat(reported("6.19.0", false, ServerReport.of("42703", "column \"c\" of relation \"T\" does not exist"))
                        .text())
                .isEqualTo("The column `c` does not exist in the current database.");
        ApiError unnamed = reported("6.19.0", false, ServerReport.of("42703", "record \"new\" has no field \"c\""));
        assertThat(unnamed.text()).isEqualTo("The column `(not available)` does not exist in the current database.");
    }

    @Test
    void conflictHasNoMeta() {
        assertThat(reported("6.19.0", false, ServerReport.of("40001", "conflict"))
                        .meta())
                .isEmpty();
    }

    @Test
    void inconsistentDataHaveTheirTextAsMeta() {
        assertThat(worded("6.19.0", "P2023", "Expected a date", Map.of()).meta())
                .isEqualTo(object("message", "Expected a date"));
    }

    @Test
    void errorWithoutACodeOfTheEngineIsThatOfPrisma7() {
        ApiError error = ApiError.of(400, "P2039", "Database error", Map.of("a", 1));
        assertThat(EngineErrors.worded(error, NEWEST)).isSameAs(error);
    }

    @Test
    void statusIsKept() {
        assertThat(EngineErrors.worded(ApiError.of(409, "P2034", "conflict"), NEWEST)
                        .status())
                .isEqualTo(409);
    }
}
