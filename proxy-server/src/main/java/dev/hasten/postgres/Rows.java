package dev.hasten.postgres;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Tuple;

/**
 * The rows of a result. Values are PostgreSQL's text in UTF-8 and are not copied. Rows and columns are numbered from 0.
 */
public final class Rows {
    /** No rows. */
    public static final Rows NONE = new Rows(List.of());

    private final List<Tuple> tuples;

    Rows(List<Tuple> tuples) {
        this.tuples = tuples;
    }

    /** The number of rows. */
    public int size() {
        return tuples.size();
    }

    /** Whether there are no rows. */
    public boolean isEmpty() {
        return tuples.isEmpty();
    }

    /** A value; null for NULL. Not a copy. */
    public byte @Nullable [] cell(int row, int column) {
        return tuples.get(row).get(column);
    }

    /** A value as a string; null for NULL. */
    public @Nullable String text(int row, int column) {
        byte[] text = cell(row, column);
        return text == null ? null : new String(text, StandardCharsets.UTF_8);
    }

    /** These rows followed by the others, which must have the same columns. */
    public Rows and(Rows others) {
        if (isEmpty()) {
            return others;
        }
        List<Tuple> all = new ArrayList<>(size() + others.size());
        all.addAll(tuples);
        all.addAll(others.tuples);
        return new Rows(all);
    }

    /** Whether all values are ASCII, which is the same in every encoding that PostgreSQL supports. */
    boolean areAscii() {
        for (Tuple row : tuples) {
            for (int i = 0; i < row.fieldCount(); i++) {
                byte[] value = row.get(i);
                for (int j = 0; value != null && j < value.length; j++) {
                    if (value[j] < 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
