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
 */
public record StatementResult(@Nullable Columns columns, List<Tuple> rows, long rowCount) {
    /** A value as text, null for NULL; row and column count from 0. */
    public @Nullable String text(int row, int column) {
        byte[] text = rows.get(row).get(column);
        return text == null ? null : new String(text, StandardCharsets.UTF_8);
    }
}
