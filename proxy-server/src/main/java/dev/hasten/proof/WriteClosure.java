package dev.hasten.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.cache.RelationIds;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import dev.hasten.postgres.StatementResult;
import dev.hasten.proof.PlanReader.Operation;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds everything that a statement can write besides its targets: partitions, and rows that foreign keys change. If a
 * trigger, a rule or a function could write more, the result is {@link WriteProof.Unknown}.
 */
final class WriteClosure {
    /**
     * Trigger functions that write nothing but the row itself: those of PostgreSQL and of its extensions. Source:
     * chapters "Additional Supplied Modules" and "Text Search Functions" of PostgreSQL's manual.
     */
    private static final Set<String> HARMLESS = Set.of(
            "autoinc",
            "insert_username",
            "moddatetime",
            "suppress_redundant_updates_trigger",
            "triggered_change_notification",
            "tsvector_update_trigger",
            "tsvector_update_trigger_column");

    /**
     * What the statement writes, and what could write more: kind, oid, name, language, source.
     *
     * <p>Parameters: oids of the targets, operations, names that the statement assigns to (null if they are not
     * certain), all names of the statement. An update of a key is only assumed if the statement or a trigger mentions the
     * key's column, or the column is generated. What a foreign key changes is followed without that condition.
     */
    private static final ParsedStatement CLOSURE = ParsedStatement.of("""
            WITH RECURSIVE written (id, operation, cascaded) AS (
              SELECT t.id, o.name, false FROM pg_catalog.unnest($1::oid[]) AS t (id)
              CROSS JOIN pg_catalog.unnest($2::text[]) AS o (name)
              UNION
              SELECT next.id, next.operation, next.cascaded FROM written w CROSS JOIN LATERAL (
                SELECT i.inhrelid, w.operation, w.cascaded FROM pg_catalog.pg_inherits i WHERE i.inhparent = w.id
                UNION ALL
                SELECT w.id, 'delete', true FROM pg_catalog.pg_class c
                WHERE c.oid = w.id AND c.relkind = 'p' AND w.operation = 'update'
                UNION ALL
                SELECT f.conrelid, CASE f.confdeltype WHEN 'c' THEN 'delete' ELSE 'update' END, true
                FROM pg_catalog.pg_constraint f
                WHERE f.confrelid = w.id AND f.contype = 'f' AND w.operation = 'delete'
                  AND f.confdeltype IN ('c', 'n', 'd')
                UNION ALL
                SELECT f.conrelid, 'update', true FROM pg_catalog.pg_constraint f
                WHERE f.confrelid = w.id AND f.contype = 'f' AND w.operation = 'update'
                  AND f.confupdtype IN ('c', 'n', 'd')
                  AND (w.cascaded OR $3::text[] IS NULL OR EXISTS (
                    SELECT FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = w.id AND a.attnum = ANY (f.confkey) AND (
                      a.attname = ANY ($3::text[]) OR a.attgenerated <> '' OR a.attname ~ '[^ -~]' OR EXISTS (
                        SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
                        WHERE t.tgrelid = w.id AND NOT t.tgisinternal AND (
                          pg_catalog.strpos(pg_catalog.lower(p.prosrc),
                            pg_catalog.lower(pg_catalog.replace(a.attname, '"', '""'))) > 0
                          OR pg_catalog.strpos(pg_catalog.lower(pg_catalog.encode(t.tgargs, 'escape')),
                            pg_catalog.lower(a.attname)) > 0)))))
              ) AS next (id, operation, cascaded)
            ), ids (id) AS (SELECT DISTINCT id FROM written),
            types (id) AS (
              SELECT a.atttypid FROM ids JOIN pg_catalog.pg_attribute a ON a.attrelid = ids.id AND a.attnum > 0
              UNION
              SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typname = ANY ($4::text[])
              UNION
              SELECT part.id FROM types JOIN pg_catalog.pg_type t ON t.oid = types.id
              CROSS JOIN LATERAL (VALUES (t.typelem), (t.typbasetype)) AS part (id) WHERE part.id <> 0
            )
            SELECT 'relation', id, '', '', '' FROM ids
            UNION ALL
            SELECT 'rule', r.ev_class, r.rulename, '', '' FROM ids JOIN pg_catalog.pg_rewrite r ON r.ev_class = ids.id
            WHERE r.ev_type <> '1'
            UNION ALL
            SELECT DISTINCT 'trigger', p.oid, p.proname, l.lanname, p.prosrc FROM ids
            JOIN pg_catalog.pg_trigger t ON t.tgrelid = ids.id
            JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_language l ON l.oid = p.prolang
            WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
            UNION ALL
            SELECT 'function', p.oid, p.proname, '', '' FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
            WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.provolatile <> 'i' AND (
              (d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid IN (
                SELECT a.oid FROM ids JOIN pg_catalog.pg_attrdef a ON a.adrelid = ids.id))
              OR (d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid IN (
                SELECT c.oid FROM pg_catalog.pg_constraint c
                WHERE c.contypid IN (SELECT id FROM types) OR c.conrelid IN (SELECT id FROM ids)))
              OR (d.classid = 'pg_catalog.pg_type'::regclass AND d.objid IN (SELECT id FROM types))
              OR (d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid IN (
                SELECT y.oid FROM ids JOIN pg_catalog.pg_policy y ON y.polrelid = ids.id))
              OR (d.classid = 'pg_catalog.pg_trigger'::regclass AND d.objid IN (
                SELECT t.oid FROM ids JOIN pg_catalog.pg_trigger t ON t.tgrelid = ids.id WHERE t.tgfoid <> p.oid)))
            UNION ALL
            SELECT 'default', a.oid, '', '', '' FROM ids JOIN pg_catalog.pg_attrdef a ON a.adrelid = ids.id
            WHERE pg_catalog.pg_get_expr(a.adbin, a.adrelid) ~ '(_to_xml|ts_stat|ts_rewrite)'""");

    /** PostgreSQL cuts names at 63 bytes. */
    private static final int LONGEST_CERTAIN = 63;

    private final Query query;
    private final ParsedStatement sql;
    private final Set<Operation> operations;
    private final Set<String> names;

    /** Runs a query in the transaction of the proof. */
    @FunctionalInterface
    interface Query {
        StatementResult run(ParsedStatement text, @Nullable String... parameters);
    }

    /**
     * The closure of a statement.
     *
     * @param operations what the statement does with rows of its targets
     * @param names all names in the statement and its plan
     */
    WriteClosure(Query query, ParsedStatement sql, Set<Operation> operations, Set<String> names) {
        this.names = names;
        this.query = query;
        this.sql = sql;
        this.operations = operations;
    }

    /** @param plainTables whether no target is a view, whose columns can have other names */
    WriteProof of(Collection<Integer> targets, boolean plainTables) {
        Set<String> assigned = plainTables ? assignedNames(sql) : null;
        StatementResult result = query.run(
                CLOSURE,
                StatementProver.array(
                        targets.stream().map(Integer::toUnsignedString).toList()),
                StatementProver.array(operations.stream()
                        .map(operation -> operation.name().toLowerCase(Locale.ROOT))
                        .toList()),
                assigned == null ? null : StatementProver.array(assigned),
                StatementProver.array(names));
        Set<Integer> ids = new HashSet<>();
        for (int row = 0; row < result.rows().size(); row++) {
            switch (StatementProver.text(result, row, 0)) {
                case "relation" -> ids.add(Integer.parseUnsignedInt(StatementProver.text(result, row, 1)));
                case "trigger" -> {
                    if (!isHarmless(
                            StatementProver.text(result, row, 2),
                            StatementProver.text(result, row, 3),
                            StatementProver.text(result, row, 4))) {
                        return new WriteProof.Unknown();
                    }
                }
                case "function" -> {
                    if (Functions.mayWrite(StatementProver.text(result, row, 2), false, 'v')) {
                        return new WriteProof.Unknown();
                    }
                }
                default -> {
                    return new WriteProof.Unknown();
                }
            }
        }
        return new WriteProof.Relations(RelationIds.of(ids));
    }

    private static boolean isHarmless(String name, String language, String source) {
        return switch (language) {
            case "c", "internal" -> HARMLESS.contains(name);
            case "plpgsql" -> TriggerBody.onlyAssigns(source);
            default -> false;
        };
    }

    /**
     * Returns the names between each SET and the end of its list, which contain the names of the columns; null if the
     * names of the columns are not certain.
     */
    static @Nullable Set<String> assignedNames(ParsedStatement statement) {
        if (!statement.command().equals("update") && !statement.command().equals("insert")) {
            return null;
        }
        Set<String> names = new HashSet<>();
        Deque<Boolean> outer = new ArrayDeque<>();
        boolean inList = false;
        String previous = "";
        SqlLexer lexer = new SqlLexer(statement.sql());
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            String text = lexer.text();
            switch (token) {
                case WORD -> {
                    if (text.equals("set")) {
                        inList = true;
                    } else if (text.equals("where")
                            || (text.equals("from") && !previous.equals("distinct"))
                            || text.equals("returning")) {
                        inList = false;
                    } else if (inList) {
                        names.add(text);
                    }
                }
                case QUOTED_NAME -> {
                    if (inList) {
                        names.add(text);
                    }
                }
                case SYMBOL -> {
                    if (lexer.isSymbol('(')) {
                        outer.push(inList);
                    } else if (lexer.isSymbol(')') && !outer.isEmpty()) {
                        inList = outer.pop();
                    }
                }
                default -> {}
            }
            previous = token == Token.WORD ? text : "";
        }
        return names.stream().anyMatch(name -> name.getBytes(UTF_8).length >= LONGEST_CERTAIN) ? null : names;
    }
}
