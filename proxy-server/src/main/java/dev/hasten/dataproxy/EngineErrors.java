package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts errors to the texts and meta of the query engine, because apps on Prisma 5 and 6 read, for example,
 * {@code meta.target} or {@code meta.cause}. Plans report the errors of Prisma 7. Source: the responses of the
 * WebAssembly engines in {@code @prisma/client} 5.10 to 6.19 (see conformance/README.md), and where native engines
 * differ, their source ({@code quaint/src/connector/postgres/error.rs}).
 */
final class EngineErrors {
    private static final String NOT_FOUND =
            "An operation failed because it depends on one or more records that were required but not found. ";
    private static final Pattern KEY = Pattern.compile("\\AKey \\((.+?)\\)=\\(");
    private static final Pattern RAW =
            Pattern.compile("Raw query failed\\. Code: `(.*?)`\\. Message: `(.*)`", Pattern.DOTALL);
    private static final Pattern COLUMN = Pattern.compile("column (\\S+) .*", Pattern.DOTALL);
    private static final String TRANSACTION_API = "Transaction API error: ";
    private static final String NOT_CONNECTED = "The required connected records were not found. ";

    private EngineErrors() {}

    /** Whether an error is about the query or its data. These have HTTP status 200, and clients read their meta. */
    static boolean isOfEngine(ApiError error) {
        return error.code().startsWith("P2");
    }

    /**
     * Renders an error for the list of errors in a response.
     *
     * @param batchIndex index of the query that failed in a batch with a transaction; null for other errors
     */
    static Map<String, @Nullable Object> of(ApiError error, ClientVersion version, @Nullable Integer batchIndex) {
        ApiError worded = worded(error, version);
        Map<String, @Nullable Object> userFacing = new LinkedHashMap<>();
        userFacing.put("is_panic", false);
        userFacing.put("message", worded.text());
        if (isUnreadable(worded)) {
            userFacing.put("backtrace", null);
        } else {
            userFacing.put("meta", worded.meta());
            userFacing.put("error_code", worded.code());
        }
        if (batchIndex != null) {
            userFacing.put("batch_request_idx", batchIndex);
        }
        Map<String, @Nullable Object> element = new LinkedHashMap<>();
        element.put(
                "error",
                batchIndex == null ? worded.text() : "Error in batch request " + batchIndex + ": " + worded.text());
        element.put("user_facing_error", userFacing);
        return element;
    }

    /**
     * Whether the code must be omitted: for these codes, clients build the text from the meta, and crash without it.
     */
    private static boolean isUnreadable(ApiError error) {
        return (error.code().equals("P2009") || error.code().equals("P2012"))
                && !error.meta().containsKey("kind");
    }

    /** Returns the same error with the engine's text and meta. */
    static ApiError worded(ApiError error, ClientVersion version) {
        Map<?, ?> cause = driverError(error);
        return switch (error.code()) {
            case "P2000" -> with(error, error.text(), meta("column_name", afterColon(error.text())));
            case "P2002" -> unique(error, cause);
            case "P2003" -> isRestriction(cause) ? error : foreignKey(error, cause, version);
            case "P2010" -> raw(error);
            case "P2011" -> missingValue(error, cause);
            case "P2014" ->
                with(
                        error,
                        error.text(),
                        renamed(
                                error,
                                "relation",
                                "relation_name",
                                "modelA",
                                "model_a_name",
                                "modelB",
                                "model_b_name"));
            case "P2017" ->
                with(
                        error,
                        error.text(),
                        renamed(error, "relation", "relation_name", "parent", "parent_name", "child", "child_name"));
            case "P2018" ->
                with(error, error.text(), meta("details", error.text().substring(NOT_CONNECTED.length())));
            case "P2020" -> with(error, error.text(), meta("details", cause.get("cause")));
            case "P2021" -> with(error, error.text(), meta("table", cause.get("table")));
            case "P2022" -> missingColumn(error);
            case "P2023" -> with(error, error.text(), meta("message", error.text()));
            case "P2025" -> missing(error, version);
            case "P2028" -> transaction(error);
            case "P2034" -> with(error, error.text(), Map.of());
            // The engine has no code for other errors. The one of Prisma 7 is better than none.
            default -> error;
        };
    }

    private static ApiError with(ApiError error, String text, Map<String, ? extends @Nullable Object> meta) {
        return ApiError.of(error.status(), error.code(), text, meta);
    }

    private static Map<String, @Nullable Object> meta(String name, @Nullable Object value) {
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        meta.put(name, value);
        return meta;
    }

    /** Returns PostgreSQL's error; empty for errors that do not come from PostgreSQL. */
    private static Map<?, ?> driverError(ApiError error) {
        return error.meta().get("driverAdapterError") instanceof Map<?, ?> adapterError
                        && adapterError.get("cause") instanceof Map<?, ?> cause
                ? cause
                : Map.of();
    }

    private static @Nullable Object constraint(Map<?, ?> cause, String what) {
        return cause.get("constraint") instanceof Map<?, ?> constraint ? constraint.get(what) : null;
    }

    private static String afterColon(String text) {
        return text.substring(text.lastIndexOf(": ") + 2);
    }

    private static ApiError unique(ApiError error, Map<?, ?> cause) {
        List<String> columns = keyColumns(error.serverReport());
        if (columns == null) {
            return with(error, error.text(), meta("target", constraint(cause, "index")));
        }
        String names = String.join(
                ",", columns.stream().map(column -> "`" + column + "`").toList());
        return with(error, "Unique constraint failed on the fields: (" + names + ")", meta("target", columns));
    }

    /**
     * Returns the column names in {@code Key (id, "ownerName")=(1, 2) already exists.}, or null if there are none.
     * PostgreSQL omits the detail if the role may not see the values.
     */
    private static @Nullable List<String> keyColumns(@Nullable ServerReport report) {
        Matcher key = KEY.matcher(report == null || report.detail() == null ? "" : report.detail());
        return key.find() ? List.of(key.group(1).replace("\"", "").split(", ", -1)) : null;
    }

    private static ApiError missingValue(ApiError error, Map<?, ?> cause) {
        ServerReport report = error.serverReport();
        if (report != null && report.column() != null) {
            return with(
                    error,
                    "Null constraint violation on the fields: (`" + report.column() + "`)",
                    meta("constraint", List.of(report.column())));
        }
        return with(error, error.text().replace("`, `", "`,`"), meta("constraint", constraint(cause, "fields")));
    }

    private static boolean isRestriction(Map<?, ?> cause) {
        return "RestrictViolation".equals(cause.get("kind"));
    }

    private static ApiError foreignKey(ApiError error, Map<?, ?> cause, ClientVersion version) {
        Object name = constraint(cause, "index");
        if (name == null) {
            return with(error, error.text(), Map.of());
        }
        if (version.isAtLeast(6, 7)) {
            return with(
                    error,
                    "Foreign key constraint violated on the constraint: `" + name + "`",
                    meta("constraint", name));
        }
        String field = name + " (index)";
        String text = version.isAtLeast(5, 20)
                ? "Foreign key constraint violated: `"
                : "Foreign key constraint failed on the field: `";
        return with(error, text + field + "`", meta("field_name", field));
    }

    private static ApiError raw(ApiError error) {
        ServerReport report = error.serverReport();
        if (report == null) {
            Matcher said = RAW.matcher(error.text());
            return said.matches() ? with(error, error.text(), rawMeta(said.group(1), said.group(2))) : error;
        }
        String message = rawMessage(report);
        return with(
                error,
                "Raw query failed. Code: `" + report.state() + "`. Message: `" + message + "`",
                rawMeta(report.state(), message));
    }

    private static Map<String, @Nullable Object> rawMeta(String code, String message) {
        Map<String, @Nullable Object> meta = meta("code", code);
        meta.put("message", message);
        return meta;
    }

    /** The engine interprets a few SQLSTATEs. For all others, it returns the text of its driver. */
    private static String rawMessage(ServerReport report) {
        return switch (report.state()) {
            case "23502", "23505" -> report.detail() == null ? report.message() : report.detail();
            case "23503", "3D000", "28000", "28P01", "40001", "42P01", "42703", "42P04" -> report.message();
            default -> printed(report);
        };
    }

    private static String printed(ServerReport report) {
        return report.severity()
                + ": "
                + report.message()
                + (report.detail() == null ? "" : "\nDETAIL: " + report.detail())
                + (report.hint() == null ? "" : "\nHINT: " + report.hint());
    }

    private static Map<String, @Nullable Object> renamed(ApiError error, String... pairs) {
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            // Errors of the compiler already have the engine's names.
            String name = error.meta().containsKey(pairs[i]) ? pairs[i] : pairs[i + 1];
            meta.put(pairs[i + 1], error.meta().get(name));
        }
        return meta;
    }

    private static ApiError missingColumn(ApiError error) {
        ServerReport report = error.serverReport();
        Matcher named = COLUMN.matcher(report == null ? "" : report.message());
        if (!named.matches()) {
            return error;
        }
        String column = named.group(1).replace("\"", "");
        return with(
                error, "The column `" + column + "` does not exist in the current database.", meta("column", column));
    }

    private static ApiError transaction(ApiError error) {
        String said = error.text().startsWith(TRANSACTION_API)
                ? error.text().substring(TRANSACTION_API.length())
                : error.text();
        String cause = said.contains(" on an expired transaction.") && said.startsWith("A ")
                ? "Transaction already closed: " + said
                : said;
        return with(error, TRANSACTION_API + cause, meta("error", cause));
    }

    private static ApiError missing(ApiError error, ClientVersion version) {
        String cause = error.text().startsWith(NOT_FOUND) ? error.text().substring(NOT_FOUND.length()) : error.text();
        String said = version.isAtLeast(6, 8) ? cause : olderCause(cause, error);
        return with(error, NOT_FOUND + said, meta("cause", said));
    }

    /** Up to 6.7, some causes had other texts, and apps compare them. */
    private static String olderCause(String cause, ApiError error) {
        return switch (cause) {
            case "No record was found for a query." -> "Expected a record, found none.";
            case "No record was found for an update." -> "Record to update not found.";
            case "No record was found for a delete." -> "Record to delete does not exist.";
            default -> {
                Object operation = error.meta().get("operation");
                Object relationType = error.meta().get("relationType");
                if ("a nested connect".equals(operation)) {
                    yield cause.replaceFirst("' record \\(needed", "' record(s) (needed");
                }
                boolean nested = "a nested update".equals(operation) || "a nested delete".equals(operation);
                yield nested && relationType != null
                        ? cause.replace(" " + relationType + " relation", " relation")
                        : cause;
            }
        };
    }
}
