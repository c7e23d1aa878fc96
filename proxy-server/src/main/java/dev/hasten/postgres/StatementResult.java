package dev.hasten.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The result of a statement.
 *
 * @param columns null for a statement that returns no rows, such as INSERT without RETURNING
 * @param rowCount the number in the command tag, 0 if it has none
 * @param tag the command tag, such as {@code INSERT 0 1}; empty for an empty statement
 * @param heapBytes bytes of memory that the request holds for the rows
 */
public record StatementResult(@Nullable Columns columns, Rows rows, long rowCount, String tag, long heapBytes) {
    /** The same result with another tag. */
    StatementResult withTag(String other) {
        return new StatementResult(columns, rows, rowCount, other, heapBytes);
    }
}
