package dev.hasten.plan;

import dev.hasten.postgres.Columns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Tuple;

/** The rows of a statement; they become {@link Row}s only for nodes that look into them. */
final class RowSet {
    private final Columns columns;
    /** Empty as soon as there are rows. */
    private List<Tuple> tuples;

    private final Budget budget;
    private @Nullable List<@Nullable Object> rows;

    RowSet(Columns columns, List<Tuple> tuples, Budget budget) {
        this.columns = columns;
        this.tuples = tuples;
        this.budget = budget;
    }

    Columns columns() {
        return columns;
    }

    List<Tuple> tuples() {
        return tuples;
    }

    int size() {
        return rows == null ? tuples.size() : rows.size();
    }

    /** Whether rows have replaced the tuples, so that they may have been changed. */
    boolean hasRows() {
        return rows != null;
    }

    /** The rows, always the same ones. */
    List<@Nullable Object> rows() {
        List<@Nullable Object> made = rows;
        if (made == null) {
            long held = budget.held();
            budget.rows(tuples.size(), columns.size());
            Row.Shape shape = new Row.Shape(columns);
            made = new ArrayList<>(tuples.size());
            for (Tuple tuple : tuples) {
                made.add(new Row(shape, tuple));
            }
            rows = made;
            // The rows take as much memory as the tuples did.
            tuples = List.of();
            budget.release(held);
        }
        return made;
    }
}
