package dev.hasten.postgres;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Tuple;

/**
 * What a statement gave.
 *
 * @param columns null for a statement without a result
 * @param rows values as PostgreSQL's text, null for NULL
 * @param rowCount the count of the command tag, 0 when it has none
 * @param tag the command tag such as {@code INSERT 0 1}; empty for an empty statement
 * @param heapBytes memory that the request holds for the rows
 */
public record StatementResult(@Nullable Columns columns, List<Tuple> rows, long rowCount, String tag, long heapBytes) {
    /** A value as PostgreSQL's text in UTF-8, null for NULL; row and column count from 0. Not a copy. */
    public byte @Nullable [] bytes(int row, int column) {
        return rows.get(row).get(column);
    }

    /** A value as text, null for NULL; row and column count from 0. */
    public @Nullable String text(int row, int column) {
        byte[] text = rows.get(row).get(column);
        return text == null ? null : new String(text, StandardCharsets.UTF_8);
    }
}
