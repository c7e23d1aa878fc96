package dev.hasten.postgres;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A query for a text that changes when the schema of a database changes in a way that can change the result of a
 * statement, or what is proved about it. TRUNCATE, ANALYZE, REFRESH and temporary tables do not change it.
 */
public final class SchemaFingerprint {
    /** Which transactions have ended, which shows that something may have changed at all; cheap. */
    public static final String SNAPSHOT = "SELECT pg_catalog.pg_current_snapshot()::text";

    /** Also the relations of composite types. */
    private static final String RELATIONS = "c.relkind IN ('r', 'v', 'm', 'p', 'f', 'c') AND c.relpersistence <> 't'";

    /** Rows of pg_class also change when a table is truncated or rewritten, so some of their columns are hashed. */
    private static final String CLASSES = """
            SELECT -2, count(*) || ':' || coalesce(sum(pg_catalog.hashtextextended(pg_catalog.concat_ws('/', c.oid,
              c.relname, c.relnamespace, c.relkind, c.relpersistence, c.relowner, c.relacl, c.relrowsecurity,
              c.relforcerowsecurity, c.relispartition, c.reloptions), 0)), 0)
            FROM pg_catalog.pg_class c WHERE\s""" + RELATIONS;

    private static final String ROLE = """
            SELECT -1, pg_catalog.concat_ws('/', rolname, rolsuper, rolbypassrls, rolinherit) FROM pg_catalog.pg_roles
            WHERE rolname = current_user""";

    /** Every change of a row of these catalogs gives it a new xmin. */
    private static final List<String> CATALOGS = List.of(
            "pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND " + RELATIONS,
            "pg_auth_members a",
            "pg_cast a",
            "pg_constraint a",
            "pg_db_role_setting a",
            "pg_enum a",
            "pg_inherits a",
            "pg_namespace a WHERE nspname !~ '^pg_(toast_)?temp_'",
            "pg_operator a WHERE oid >= 16384",
            "pg_policy a",
            "pg_proc a WHERE oid >= 16384",
            "pg_rewrite a",
            "pg_trigger a",
            "pg_ts_config_map a",
            "pg_ts_dict a",
            "pg_type a WHERE typtype IN ('d', 'e', 'r')");

    /** Returns one row with the fingerprint. */
    public static final String QUERY = IntStream.range(0, CATALOGS.size())
            .mapToObj(
                    i -> " UNION ALL SELECT %d, count(*) || ':' || coalesce(sum(a.xmin::text::bigint), 0)".formatted(i)
                            + " FROM pg_catalog." + CATALOGS.get(i))
            .collect(Collectors.joining(
                    "",
                    "SELECT pg_catalog.string_agg(part, ',' ORDER BY number) FROM (" + CLASSES + " UNION ALL " + ROLE,
                    ") AS parts (number, part)"));

    private SchemaFingerprint() {}
}
