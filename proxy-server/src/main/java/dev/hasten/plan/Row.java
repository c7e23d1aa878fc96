package dev.hasten.plan;

import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.Rows;
import dev.hasten.protocol.ApiError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record from the database. The cell of a column holds PostgreSQL's text, which is decoded each time the value is
 * read. Fields that the plan adds or overwrites, such as the children of a join, hold the value itself.
 */
final class Row {
    private Shape shape;
    private @Nullable Object[] cells;

    Row(Shape shape, Rows rows, int row) {
        this.shape = shape;
        this.cells = new Object[shape.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = rows.cell(row, i);
        }
    }

    Shape shape() {
        return shape;
    }

    /** Returns the cell without decoding it: a {@code byte[]} is the text of a column. */
    @Nullable
    Object cell(int index) {
        return cells[index];
    }

    /** Returns the value of a field, or {@link Undefined} if there is no field with that name. */
    @Nullable
    Object get(String field) {
        int index = shape.indexOf(field);
        if (index < 0) {
            return Undefined.UNDEFINED;
        }
        Object cell = cells[index];
        return cell instanceof byte[] text ? ColumnText.decode(text, shape.type(index)) : cell;
    }

    void set(String field, @Nullable Object value) {
        int index = shape.indexOf(field);
        if (index < 0) {
            shape = shape.with(field);
            index = shape.indexOf(field);
            if (index >= cells.length) {
                cells = Arrays.copyOf(cells, shape.size() + 2);
            }
        }
        cells[index] = value;
    }

    /** The names of a row's cells. Rows of a result share their shape, even after the same fields are added to each. */
    static final class Shape {
        private static final int MOST_ADDED = 500;

        private final Columns columns;
        private final List<String> added;
        private final Map<String, Integer> indexes;
        private @Nullable Map<String, Shape> next;

        Shape(Columns columns) {
            this(columns, List.of(), columns.indexes());
        }

        private Shape(Columns columns, List<String> added, Map<String, Integer> indexes) {
            this.columns = columns;
            this.added = added;
            this.indexes = indexes;
        }

        Shape with(String field) {
            // Every shape has an index of all its fields, so time and memory are quadratic in the number of fields.
            if (added.size() == MOST_ADDED) {
                throw ApiError.of(
                        422,
                        "P6009",
                        "The query plan exceeds the limit of " + MOST_ADDED
                                + " added fields per record. Split the query into smaller ones");
            }
            if (next == null) {
                next = new HashMap<>();
            }
            return next.computeIfAbsent(field, name -> {
                List<String> names = new ArrayList<>(added);
                names.add(name);
                Map<String, Integer> extended = new HashMap<>(indexes);
                extended.put(name, size());
                return new Shape(columns, names, extended);
            });
        }

        int size() {
            return columns.size() + added.size();
        }

        /** Returns all names in order. */
        List<String> names() {
            List<String> names = new ArrayList<>(columns.names());
            names.addAll(added);
            return names;
        }

        int indexOf(String field) {
            Integer index = indexes.get(field);
            return index == null ? -1 : index;
        }

        /** Returns the type of a column. Call it only for a cell that holds text. */
        ColumnType type(int index) {
            return columns.types().get(index);
        }

        boolean isColumn(int index) {
            return index < columns.size();
        }
    }
}
