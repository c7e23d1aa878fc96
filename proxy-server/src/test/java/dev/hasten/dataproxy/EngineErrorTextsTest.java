package dev.hasten.dataproxy;

import static dev.hasten.testing.Plans.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import dev.hasten.protocol.plan.ValidationError;
import dev.hasten.protocol.plan.ValidationError.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors of relations, missing records, raw queries and transactions have the engine's text and meta. */
final class EngineErrorTextsTest {
    private static final String NOT_FOUND =
            "An operation failed because it depends on one or more records that were required but not found. ";

    private static ApiError worded(String version, ApiError error) {
        return EngineErrors.worded(error, ClientVersion.of(version));
    }

    private static ApiError violated(String version, Kind kind, Map<String, @Nullable Object> context) {
        return worded(version, new ValidationError(kind, context).toApiError("1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6.7.0 | a query  | Expected a record, found none.",
                "6.7.0 | an update | Record to update not found.",
                "6.7.0 | a delete | Record to delete does not exist.",
                "5.0.0 | a query  | Expected a record, found none.",
                "6.8.0 | a query  | No record was found for a query.",
                "6.8.0 | an update | No record was found for an update.",
                "6.8.0 | a delete | No record was found for a delete.",
                "6.7.0 | an upsert | No record was found for an upsert.",
            })
    void missingRecordIsWordedAsInTheVersionOfTheClient(String version, String operation, String cause) {
        ApiError error = violated(version, Kind.MISSING_RECORD, object("operation", operation));
        assertThat(error.code()).isEqualTo("P2025");
        assertThat(error.text()).isEqualTo(NOT_FOUND + cause);
        assertThat(error.meta()).isEqualTo(object("cause", cause));
    }

    private static Map<String, @Nullable Object> related(String operation) {
        return object(
                "model",
                "Post",
                "neededFor",
                "inline the relation on 'User' record",
                "operation",
                operation,
                "relationType",
                "one-to-many",
                "relation",
                "PostToUser");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6.8.0 | a nested connect | record (needed    | one-to-many relation",
                "6.7.0 | a nested connect | record(s) (needed | one-to-many relation",
                "6.7.0 | a nested update  | record (needed    | relation",
                "6.7.0 | a nested delete  | record (needed    | relation",
                "6.8.0 | a nested update  | record (needed    | one-to-many relation",
                "6.7.0 | a nested upsert  | record (needed    | one-to-many relation",
            })
    void missingRelatedRecordIsWordedAsInTheVersionOfTheClient(
            String version, String operation, String needed, String relation) {
        ApiError error = violated(version, Kind.MISSING_RELATED_RECORD, related(operation));
        String cause = "No 'Post' %s to inline the relation on 'User' record) was found for %s on %s 'PostToUser'."
                .formatted(needed, operation, relation);
        assertThat(error.text()).isEqualTo(NOT_FOUND + cause);
        assertThat(error.meta()).isEqualTo(object("cause", cause));
    }

    @Test
    void incompleteConnectIsDescribedInTheMeta() {
        Map<String, @Nullable Object> context =
                object("expectedRows", 2, "relationType", "many-to-many", "relation", "AToB");
        ApiError output = violated("6.19.0", Kind.INCOMPLETE_CONNECT_OUTPUT, context);
        assertThat(output.code()).isEqualTo("P2018");
        assertThat(output.meta())
                .isEqualTo(
                        object(
                                "details",
                                "Expected 2 records to be connected after connect operation on many-to-many relation 'AToB', found 1."));
        ApiError input = violated("6.19.0", Kind.INCOMPLETE_CONNECT_INPUT, context);
        assertThat(input.meta()).isEqualTo(object("cause", "Expected 2 records to be connected, found only 1."));
    }

    @Test
    void relationIsDescribedByTheNamesOfTheEngine() {
        assertThat(violated("6.19.0", Kind.RELATION_VIOLATION, object("relation", "R", "modelA", "A", "modelB", "B"))
                        .meta())
                .isEqualTo(object("relation_name", "R", "model_a_name", "A", "model_b_name", "B"));
        assertThat(violated("6.19.0", Kind.RECORDS_NOT_CONNECTED, object("relation", "R", "parent", "P", "child", "C"))
                        .meta())
                .isEqualTo(object("relation_name", "R", "parent_name", "P", "child_name", "C"));
    }

    @Test
    void namesThatTheCompilerGaveAreKept() {
        Map<String, ?> meta = object("relation_name", "R", "model_a_name", "A", "model_b_name", "B");
        assertThat(worded("6.19.0", ApiError.of(400, "P2014", "would violate", meta))
                        .meta())
                .isEqualTo(meta);
    }

    private static ServerReport report(String state, @Nullable String detail, @Nullable String hint) {
        return new ServerReport(
                state, "ERROR", "message", detail, hint, null, null, null, null, null, null, null, null, null, null,
                null, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // interpreted by the engine
                "6.6.0  | 23505 | d |   | d",
                "6.6.0  | 23502 | d |   | d",
                "6.6.0  | 23505 |   |   | message",
                "6.19.0 | 23505 | d |   | d",
                "6.19.0 | 23502 | d |   | d",
                "6.19.0 | 23503 | d | h | message",
                "6.19.0 | 3D000 | d | h | message",
                "6.19.0 | 28000 | d | h | message",
                "6.19.0 | 28P01 | d | h | message",
                "6.19.0 | 40001 | d | h | message",
                "6.19.0 | 42P01 | d | h | message",
                "6.19.0 | 42703 | d | h | message",
                "6.19.0 | 42P04 | d | h | message",
                // printed by its driver
                "6.6.0  | 22001 | d | h | ERROR: message_DETAIL: d_HINT: h",
                "6.6.0  | 22003 |   | h | ERROR: message_HINT: h",
                "6.19.0 | 22001 | d | h | ERROR: message_DETAIL: d_HINT: h",
                "6.19.0 | 53300 | d | h | ERROR: message_DETAIL: d_HINT: h",
                "6.19.0 | 22012 |   |   | ERROR: message",
                "6.19.0 | 42601 | d |   | ERROR: message_DETAIL: d",
            })
    void errorOfARawQueryHasTheTextOfTheEngine(String version, String state, String detail, String hint, String text) {
        String message = text.replace('_', '\n');
        ApiError error =
                worded(version, ApiError.of(400, "P2010", "Raw query failed").with(report(state, detail, hint)));
        assertThat(error.text()).isEqualTo("Raw query failed. Code: `" + state + "`. Message: `" + message + "`");
        assertThat(error.meta()).isEqualTo(object("code", state, "message", message));
    }

    /** Such as a lost connection. */
    @Test
    void errorOfARawQueryWithoutAReportHasCodeAndMessageInItsMeta() {
        String text = "Raw query failed. Code: `08006`. Message: `Server has\nclosed the `connection`.`";
        ApiError error = worded("6.19.0", ApiError.of(400, "P2010", text));
        assertThat(error.text()).isEqualTo(text);
        assertThat(error.meta()).isEqualTo(object("code", "08006", "message", "Server has\nclosed the `connection`."));
        ApiError other = ApiError.of(400, "P2010", "Failed to deserialize");
        assertThat(worded("6.19.0", other)).isSameAs(other);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Transaction API error: Transaction not found. | Transaction not found.",
                "Unable to start a transaction in the given time. | Unable to start a transaction in the given time.",
                "Transaction already closed: A query cannot be executed on an expired transaction. | "
                        + "Transaction already closed: A query cannot be executed on an expired transaction.",
                "A query cannot be executed on an expired transaction. Details | "
                        + "Transaction already closed: A query cannot be executed on an expired transaction. Details",
                "Transaction API error: A commit cannot be executed on an expired transaction. | "
                        + "Transaction already closed: A commit cannot be executed on an expired transaction.",
            })
    void errorOfATransactionHasItsCauseAsMeta(String text, String cause) {
        ApiError error = worded("6.19.0", ApiError.of(409, "P2028", text));
        assertThat(error.status()).isEqualTo(409);
        assertThat(error.text()).isEqualTo("Transaction API error: " + cause);
        assertThat(error.meta()).isEqualTo(object("error", cause));
    }
}
