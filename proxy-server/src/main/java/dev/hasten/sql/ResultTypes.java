package dev.hasten.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.sql.ResultType.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the types of result columns. Queries PostgreSQL once for each type that may be an array. */
final class ResultTypes {
    /** Finds the array types among given types. int2vector and oidvector are excluded: their text format differs. */
    private static final ParsedStatement ARRAYS = ParsedStatement.of("""
            SELECT t.oid, t.typelem, e.typdelim FROM pg_catalog.pg_type t JOIN pg_catalog.pg_type e ON e.oid = t.typelem
            WHERE t.typcategory = 'A' AND t.typlen = -1 AND t.oid NOT IN (22, 30) AND t.oid = ANY($1::oid[])""");

    private static final int MOST_TYPES = 10_000;

    private final Lookup lookup;
    private final Cache<Long, ResultType> known;

    /** Runs a statement of this class. */
    @FunctionalInterface
    interface Lookup {
        StatementResult run(ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy);
    }

    /** Creates a cache of types by OID. */
    static Cache<Long, ResultType> newCache() {
        return Caffeine.newBuilder().maximumSize(MOST_TYPES).build();
    }

    ResultTypes(Cache<Long, ResultType> known, Lookup lookup) {
        this.known = known;
        this.lookup = lookup;
    }

    /** Returns the type of each column. */
    List<ResultType> of(Columns columns) {
        List<Long> oids = new ArrayList<>(columns.size());
        Set<Long> unknown = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            long oid = columns.describe(i).typeOid();
            oids.add(oid);
            if (Scalar.of(oid) == Scalar.TEXT && known.getIfPresent(oid) == null) {
                unknown.add(oid);
            }
        }
        Map<Long, ResultType> found = unknown.isEmpty() ? Map.of() : ask(unknown);
        List<ResultType> types = new ArrayList<>(oids.size());
        for (long oid : oids) {
            Scalar scalar = Scalar.of(oid);
            ResultType type = scalar == Scalar.TEXT ? known.getIfPresent(oid) : null;
            types.add(type != null ? type : found.getOrDefault(oid, scalar));
        }
        return types;
    }

    private Map<Long, ResultType> ask(Set<Long> oids) {
        StatementResult arrays = lookup.run(ARRAYS, List.of("{" + join(oids) + "}"), StatementPolicy.CLIENT_STATEMENT);
        Map<Long, ResultType> found = new java.util.HashMap<>();
        for (int row = 0; row < arrays.rows().size(); row++) {
            found.put(
                    number(arrays, row, 0),
                    new ResultType.ArrayOf(
                            Scalar.of(number(arrays, row, 1)),
                            String.valueOf(arrays.rows().text(row, 2)).charAt(0)));
        }
        oids.forEach(oid -> known.put(oid, found.getOrDefault(oid, Scalar.TEXT)));
        return found;
    }

    private static String join(Set<Long> oids) {
        return String.join(",", oids.stream().map(String::valueOf).toList());
    }

    private static long number(StatementResult result, int row, int column) {
        return Long.parseLong(String.valueOf(result.rows().text(row, column)));
    }
}
