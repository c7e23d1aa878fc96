package dev.hasten.protocol;

import org.jspecify.annotations.Nullable;

/**
 * An error report of PostgreSQL, with the fields listed in "Error and Notice Message Fields" of its manual. Clients of SQL
 * over HTTP get all of them; Prisma 7, 6 and 5 get a part of them in {@code meta}.
 *
 * @param state SQLSTATE
 * @param severity such as {@code ERROR}
 * @param position where in the statement the error is, counted in characters from 1; null if unknown
 * @param internalPosition the same in {@code internalQuery}
 * @param internalQuery a statement that a function executed
 */
public record ServerReport(
        String state,
        String severity,
        String message,
        @Nullable String detail,
        @Nullable String hint,
        @Nullable Integer position,
        @Nullable Integer internalPosition,
        @Nullable String internalQuery,
        @Nullable String where,
        @Nullable String schema,
        @Nullable String table,
        @Nullable String column,
        @Nullable String dataType,
        @Nullable String constraint,
        @Nullable String file,
        @Nullable Integer line,
        @Nullable String routine) {

    /** A report that has a SQLSTATE and a message only. */
    public static ServerReport of(String state, String message) {
        return new ServerReport(
                state, "ERROR", message, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null);
    }
}
