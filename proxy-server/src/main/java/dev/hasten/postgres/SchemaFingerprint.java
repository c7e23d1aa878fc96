package dev.hasten.postgres;

/**
 * A query for a text that changes when the schema of a database changes in a way that can change the result of a
 * statement, or what is proved about it. TRUNCATE, ANALYZE, REFRESH and temporary tables do not change it.
 */
public final class SchemaFingerprint {
    /** Which transactions have ended, which shows that something may have changed at all; cheap. */
    public static final String SNAPSHOT = "SELECT pg_catalog.pg_current_snapshot()::text";

    /**
     * Every change of a catalog row gives it a new xmin. Rows of pg_class also change when a table is truncated or
     * rewritten, so some of their columns are hashed instead.
     */
    public static final String QUERY = """
            SELECT pg_catalog.string_agg(part, ',') FROM (
              SELECT count(*) || ':' || coalesce(sum(pg_catalog.hashtextextended(pg_catalog.concat_ws('/', c.oid,
                c.relname, c.relnamespace, c.relkind, c.relpersistence, c.relowner, c.relacl, c.relrowsecurity,
                c.relforcerowsecurity, c.relispartition, c.reloptions), 0)), 0) AS part
              FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'c') AND c.relpersistence <> 't'
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(a.xmin::text::bigint), 0) FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'c') AND c.relpersistence <> 't' AND a.attnum > 0
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_proc WHERE oid >= 16384
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_type
              WHERE typtype IN ('d', 'e', 'r')
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_cast
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_operator WHERE oid >= 16384
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_rewrite
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_policy
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_inherits
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_enum
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_trigger
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_constraint
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_namespace
              WHERE nspname !~ '^pg_(toast_)?temp_'
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_db_role_setting
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_auth_members
              UNION ALL
              SELECT pg_catalog.concat_ws('/', rolname, rolsuper, rolbypassrls, rolinherit) FROM pg_catalog.pg_roles
              WHERE rolname = current_user
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_ts_config_map
              UNION ALL
              SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.pg_ts_dict
            ) AS parts""";

    private SchemaFingerprint() {}
}
