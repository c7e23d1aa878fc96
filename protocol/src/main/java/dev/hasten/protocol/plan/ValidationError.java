package dev.hasten.protocol.plan;

import dev.hasten.protocol.ApiError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error of a failed validation. Texts and codes are those of {@code interpreter/validation.ts}.
 *
 * @param kind the violated rule
 * @param context the names in the text; also sent as the error's meta
 */
public record ValidationError(Kind kind, Map<String, @Nullable Object> context) {

    /** The validation errors of the query compiler. */
    public enum Kind {
        RELATION_VIOLATION("P2014"),
        MISSING_RELATED_RECORD("P2025"),
        MISSING_RECORD("P2025"),
        INCOMPLETE_CONNECT_INPUT("P2025"),
        INCOMPLETE_CONNECT_OUTPUT("P2018"),
        RECORDS_NOT_CONNECTED("P2017");

        private final String code;

        Kind(String code) {
            this.code = code;
        }
    }

    private static final String MISSING =
            "An operation failed because it depends on one or more records that were required but not found. ";

    /**
     * The error for a value that violates the rules.
     *
     * @param found the number of rows found, as text
     */
    public ApiError toApiError(String found) {
        String text = switch (kind) {
            case RELATION_VIOLATION ->
                "The change you are trying to make would violate the required relation '%s' between the `%s` and `%s` models."
                        .formatted(name("relation"), name("modelA"), name("modelB"));
            case MISSING_RECORD -> MISSING + "No record was found for %s.".formatted(name("operation"));
            case MISSING_RELATED_RECORD ->
                MISSING
                        + "No '%s' record%s was found for %s on %s relation '%s'."
                                .formatted(
                                        name("model"),
                                        context.get("neededFor") == null
                                                ? ""
                                                : " (needed to " + name("neededFor") + ")",
                                        name("operation"),
                                        name("relationType"),
                                        name("relation"));
            case INCOMPLETE_CONNECT_INPUT ->
                MISSING + "Expected %s records to be connected, found only %s.".formatted(name("expectedRows"), found);
            case INCOMPLETE_CONNECT_OUTPUT ->
                "The required connected records were not found. Expected %s records to be connected after connect operation on %s relation '%s', found %s."
                        .formatted(name("expectedRows"), name("relationType"), name("relation"), found);
            case RECORDS_NOT_CONNECTED ->
                "The records for relation `%s` between the `%s` and `%s` models are not connected."
                        .formatted(name("relation"), name("parent"), name("child"));
        };
        return ApiError.of(400, kind.code, text, context);
    }

    private String name(String key) {
        return String.valueOf(context.get(key));
    }
}
