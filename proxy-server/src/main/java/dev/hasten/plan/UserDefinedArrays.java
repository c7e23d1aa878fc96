package dev.hasten.plan;

import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.Rows;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds columns with arrays of enums and other types that are not built in, which the query engine of Prisma 5 and 6
 * returns as lists. Their OIDs do not show that they are arrays, so PostgreSQL is asked if the values look like arrays.
 */
final class UserDefinedArrays {
    private static final ParsedStatement ARRAYS = ParsedStatement.of("""
            SELECT t.oid FROM pg_catalog.pg_type t JOIN pg_catalog.pg_type e ON e.oid = t.typelem
            WHERE t.typcategory = 'A' AND t.typlen = -1 AND e.typdelim = ',' AND t.oid = ANY($1::pg_catalog.oid[])""");

    private UserDefinedArrays() {}

    /** Returns the columns; those that are such arrays have a list type. */
    static Columns found(Columns columns, Rows rows, Statements statements) {
        Set<String> candidates = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.types().get(i).isUserDefined() && looksLikeArrays(rows, i)) {
                candidates.add(oid(columns, i));
            }
        }
        if (candidates.isEmpty()) {
            return columns;
        }
        StatementResult arrays =
                statements.run(ARRAYS, List.of("{" + String.join(",", candidates) + "}"), StatementPolicy.TRUSTED);
        Set<@Nullable String> oids = new HashSet<>();
        for (int row = 0; row < arrays.rows().size(); row++) {
            oids.add(arrays.rows().text(row, 0));
        }
        List<ColumnType> types = new ArrayList<>(columns.types());
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i).isUserDefined() && oids.contains(oid(columns, i))) {
                types.set(i, ColumnType.USER_DEFINED_ARRAY);
            }
        }
        return columns.withTypes(types);
    }

    private static String oid(Columns columns, int column) {
        return Long.toString(columns.describe(column).typeOid());
    }

    /** Whether the first value that is not NULL begins like an array, perhaps with bounds: {@code [0:1]={a,b}}. */
    private static boolean looksLikeArrays(Rows rows, int column) {
        for (int row = 0; row < rows.size(); row++) {
            byte[] text = rows.cell(row, column);
            if (text != null) {
                return text.length > 0 && (text[0] == '{' || text[0] == '[');
            }
        }
        return false;
    }
}
