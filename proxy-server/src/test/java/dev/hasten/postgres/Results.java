package dev.hasten.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Field;
import org.postgresql.core.Tuple;

/** Results as PostgreSQL returns them, for tests that need no database. */
public final class Results {
    /** OIDs of types, from PostgreSQL's pg_type. */
    public static final int INT4 = 23;

    public static final int TEXT = 25;

    private Results() {}

    /** A column of a result. */
    public static Field column(String name, int oid) {
        return new Field(name, oid);
    }

    /** The description of a result with these columns. */
    public static Columns columns(Field... columns) {
        return Columns.of(columns);
    }

    /** One row; null is NULL. */
    public static @Nullable String[] row(@Nullable String... cells) {
        return cells;
    }

    /** Rows in PostgreSQL's text format. */
    public static Rows rows(@Nullable String[]... rows) {
        List<Tuple> tuples = new ArrayList<>();
        for (@Nullable String[] row : rows) {
            byte[][] cells = new byte[row.length][];
            for (int i = 0; i < row.length; i++) {
                cells[i] = row[i] == null ? null : row[i].getBytes(UTF_8);
            }
            tuples.add(new Tuple(cells));
        }
        return new Rows(tuples);
    }

    /** The exception for a failed statement. */
    public static DatabaseException failedStatement(DatabaseFailure failure) {
        return DatabaseException.ofStatement(failure);
    }

    /** The exception for a failed attempt to connect. */
    public static DatabaseException failedConnection(DatabaseFailure failure) {
        return DatabaseException.whileConnecting(failure);
    }
}
