package dev.hasten.plan;

import dev.hasten.postgres.Columns;
import dev.hasten.postgres.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a statement. They are converted to {@link Row}s only if the plan reads or modifies them. */
final class RowSet {
    private final Columns columns;
    /** Empty after the conversion to records. */
    private Rows rows;

    private final Budget budget;
    private @Nullable List<@Nullable Object> records;

    RowSet(Columns columns, Rows rows, Budget budget) {
        this.columns = columns;
        this.rows = rows;
        this.budget = budget;
    }

    Columns columns() {
        return columns;
    }

    /** Returns the rows as PostgreSQL returned them. Call it only if {@link #hasRecords} is false. */
    Rows rows() {
        return rows;
    }

    int size() {
        return records == null ? rows.size() : records.size();
    }

    /** Whether records have replaced the rows. The plan may have modified them. */
    boolean hasRecords() {
        return records != null;
    }

    /** Returns the rows as records. Every call returns the same records. */
    List<@Nullable Object> records() {
        List<@Nullable Object> made = records;
        if (made == null) {
            long held = budget.held();
            budget.rows(rows.size(), columns.size());
            Row.Shape shape = new Row.Shape(columns);
            made = new ArrayList<>(rows.size());
            for (int row = 0; row < rows.size(); row++) {
                made.add(new Row(shape, rows, row));
            }
            records = made;
            // The records take about as much memory as the rows that they replace, so nothing is counted in addition.
            rows = Rows.NONE;
            budget.release(held);
        }
        return made;
    }
}
