package dev.hasten.invalidation;

import dev.hasten.admission.Database;
import dev.hasten.cache.RelationIds;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.Rows;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Finds tables by the names that an operator gives. */
public final class TableNames {
    /** A partition belongs to its table, and changes of either concern the other. */
    private static final ParsedStatement FIND = ParsedStatement.of("""
            WITH RECURSIVE given AS (
              SELECT coalesce(to_regclass(plain), to_regclass(quoted))::oid AS oid, n
              FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS name(plain, quoted, n)),
            related(oid) AS (
              SELECT oid FROM given WHERE oid IS NOT NULL
              UNION
              SELECT CASE WHEN i.inhparent = r.oid THEN i.inhrelid ELSE i.inhparent END
              FROM related r JOIN pg_catalog.pg_inherits i ON i.inhparent = r.oid OR i.inhrelid = r.oid)
            SELECT oid::bigint::text AS oid, NULL::text AS missing FROM related
            UNION ALL SELECT NULL, n::text FROM given WHERE oid IS NULL""");

    private TableNames() {}

    /**
     * Returns the tables, with their partitions and the tables that they are partitions of. May block.
     *
     * @param names as in SQL: {@code post}, {@code public.post} or {@code public."Post"}; quotes may be omitted
     * @throws IllegalArgumentException if there is no such table; the message names it
     * @throws dev.hasten.postgres.DatabaseException if the database cannot be reached
     * @throws dev.hasten.deadline.CancelledException if it takes too long
     */
    public static RelationIds find(Database database, Watchdog watchdog, List<String> names) {
        Cancellation cancellation = new Cancellation();
        StatementResult result;
        try (Watch _ = watchdog.watch(cancellation, database.limits().queryTimeout());
                Lease lease = database.pool().lease(cancellation)) {
            result = lease.run(
                    FIND,
                    List.of(
                            array(names),
                            array(names.stream().map(TableNames::quoted).toList())),
                    StatementPolicy.TRUSTED,
                    cancellation);
        }
        List<Integer> tables = new ArrayList<>();
        Rows rows = result.rows();
        for (int row = 0; row < rows.size(); row++) {
            String id = rows.text(row, 0);
            if (id == null) {
                String missing = names.get(Integer.parseInt(String.valueOf(rows.text(row, 1))) - 1);
                throw new IllegalArgumentException(
                        "there is no table " + missing + " in the database; use names as in SQL, such as public.post");
            }
            tables.add(Integer.parseUnsignedInt(id));
        }
        return RelationIds.of(tables);
    }

    /** A text array of PostgreSQL. */
    private static String array(List<String> texts) {
        return texts.stream()
                .map(text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** The name with quotes, for a name with capital letters that was given without. */
    private static String quoted(String name) {
        return Arrays.stream(name.split("\\."))
                .map(part -> part.startsWith("\"") ? part : "\"" + part.replace("\"", "\"\"") + "\"")
                .collect(Collectors.joining("."));
    }
}
