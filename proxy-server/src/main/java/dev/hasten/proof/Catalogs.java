package dev.hasten.proof;

import dev.hasten.postgres.ParsedStatement;

/** The queries of a proof. Their names are qualified, because the search path belongs to the app. */
final class Catalogs {
    /** The relations that the transaction has locked: oid, kind, persistence, schema, name, whether for writing. */
    static final ParsedStatement RELATIONS = ParsedStatement.of("""
            SELECT c.oid, c.relkind, c.relpersistence, n.nspname, c.relname,
              pg_catalog.bool_or(l.mode NOT IN ('AccessShareLock', 'RowShareLock'))
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_class c ON c.oid = l.relation
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE l.locktype = 'relation' AND l.pid = pg_catalog.pg_backend_pid() AND c.oid >= 16384
              AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1""");

    /** The relations with these oids, like {@link #RELATIONS}. */
    static final ParsedStatement NAMED_RELATIONS = ParsedStatement.of("""
            SELECT c.oid, c.relkind, c.relpersistence, n.nspname, c.relname
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = ANY ($1::oid[]) ORDER BY 4, 5""");

    /** The types of the parameters of a prepared statement, as an array of oids. */
    static final ParsedStatement PARAMETER_TYPES =
            ParsedStatement.of("SELECT parameter_types::oid[] FROM pg_catalog.pg_prepared_statements WHERE name = $1");

    /**
     * What the names of a statement refer to: kind, name, whether it is built in, volatility, source.
     *
     * <p>Parameters: names before a parenthesis, names after a dot, oids of views, safe functions, all names, oids of
     * the types of parameters. {@code x.f} can mean {@code f(x)} only if f accepts a row. The
     * constraints of a domain call functions whenever a value is converted to it.
     */
    static final ParsedStatement NAMES = ParsedStatement.of("""
            WITH RECURSIVE rules (text) AS (
              SELECT ev_action::text FROM pg_catalog.pg_rewrite WHERE ev_class = ANY ($3::oid[])
            ), types (id) AS (
              SELECT t.oid FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
              WHERE t.oid = ANY ($6::oid[]) OR (t.typname = ANY ($5::text[]) AND (c.oid IS NULL OR c.relkind = 'c'))
              UNION
              SELECT d.refobjid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
                ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_catalog.pg_type'::regclass
              WHERE r.ev_class = ANY ($3::oid[])
              UNION
              SELECT part.id FROM types JOIN pg_catalog.pg_type t ON t.oid = types.id CROSS JOIN LATERAL (
                SELECT t.typelem UNION ALL SELECT t.typbasetype
                UNION ALL
                SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
                UNION ALL
                SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0
              ) AS part (id) WHERE part.id <> 0
            ), functions (id) AS (
              SELECT oid FROM pg_catalog.pg_proc WHERE proname = ANY ($1::text[])
                AND prorettype <> 'pg_catalog.tsm_handler'::regtype
              UNION
              SELECT p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0]
              WHERE p.proname = ANY ($2::text[]) AND p.oid >= 16384 AND p.pronargs >= 1
                AND p.pronargs - p.pronargdefaults <= 1 AND t.typtype IN ('c', 'd', 'p')
              UNION
              SELECT m.found[1]::oid FROM rules CROSS JOIN LATERAL
                pg_catalog.regexp_matches(text, ':(?:funcid|aggfnoid|winfnoid) (\\d+)', 'g') AS m (found)
              UNION
              SELECT d.refobjid FROM types JOIN pg_catalog.pg_constraint c ON c.contypid = types.id
              JOIN pg_catalog.pg_depend d
                ON d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = c.oid
                AND d.refclassid = 'pg_catalog.pg_proc'::regclass
            )
            SELECT 'function', p.proname, p.oid < 16384,
              CASE WHEN p.provolatile = 'v' OR EXISTS (
                SELECT FROM pg_catalog.pg_aggregate a JOIN pg_catalog.pg_proc part
                  ON part.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn)
                WHERE a.aggfnoid = p.oid AND p.oid >= 16384 AND part.provolatile = 'v') THEN 'v'
              ELSE p.provolatile::text END,
              CASE WHEN p.oid >= 16384 AND p.provolatile <> 'i' AND l.lanname IN ('sql', 'plpgsql')
              THEN coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) END
            FROM functions f JOIN pg_catalog.pg_proc p ON p.oid = f.id
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang
            WHERE NOT (p.oid < 16384 AND p.proname = ANY ($4::text[]))
            UNION ALL
            SELECT 'rule', m.found[1], true, m.found[2], NULL FROM rules CROSS JOIN LATERAL pg_catalog.regexp_matches(text,
              '\\{(SQLVALUEFUNCTION|NEXTVALUEEXPR|TABLESAMPLECLAUSE|ROWMARKCLAUSE)(?: :op (\\d+))?\\M', 'g') AS m (found)
            UNION ALL
            SELECT 'clock', '', true, 'i', NULL
            WHERE EXISTS (SELECT FROM types WHERE id IN (1082, 1083, 1114, 1184, 1266))""");

    /**
     * Whether the body of a stable function mentions a function, view or table whose result may depend on the session.
     * Parameters: all names of the body, functions that do not depend on the session, the name of the function itself.
     */
    static final ParsedStatement SESSION_NAMES = ParsedStatement.of("""
            SELECT EXISTS (
              SELECT FROM pg_catalog.pg_proc WHERE proname = ANY ($1::text[]) AND provolatile <> 'i'
                AND proname <> $3 AND NOT (oid < 16384 AND proname = ANY ($2::text[])))
            OR EXISTS (
              SELECT FROM pg_catalog.pg_class WHERE relname = ANY ($1::text[]) AND (relkind = 'v' OR relrowsecurity))""");

    private Catalogs() {}
}
