package dev.hasten.plan;

import dev.hasten.postgres.Columns;
import dev.hasten.postgres.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a statement, which become {@link Row}s only if the plan looks into them. */
final class RowSet {
    private final Columns columns;
    /** Empty once there are records. */
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

    /** The rows as PostgreSQL returned them; only as long as there are no records. */
    Rows rows() {
        return rows;
    }

    int size() {
        return records == null ? rows.size() : records.size();
    }

    /** Whether records have replaced the rows, so that they may have been changed. */
    boolean hasRecords() {
        return records != null;
    }

    /** The rows as records, always the same ones. */
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
            // The records take as much memory as the rows did.
            rows = Rows.NONE;
            budget.release(held);
        }
        return made;
    }
}
