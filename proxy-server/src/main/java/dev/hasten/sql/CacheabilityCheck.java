package dev.hasten.sql;

import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.protocol.value.PostgresArrays;
import dev.hasten.transaction.PooledStatements;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves that a statement only reads, and that it returns the same result as long as the data does not change. Only the
 * responses to such statements may be cached.
 *
 * <p>PostgreSQL creates a generic plan for the statement, which is valid for all parameters (EXPLAIN of a prepared
 * statement). The plan shows every relation, including those in views and policies, whether rows are written or locked,
 * and most expressions. Expressions that a plan does not print (VALUES lists, LIMIT, window frames) are in the text of
 * the statement or in the rules of its views. This class collects the names of all functions in these three places and
 * looks them up in the catalogs. All of them must be immutable, or built-in functions that depend only on settings that
 * all sessions share.
 *
 * <p>The proof is conservative: a statement that it does not understand is not cached. It trusts the declarations in
 * the database: it assumes that functions marked immutable, operators and casts depend only on their arguments.
 */
final class CacheabilityCheck {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAME = "hasten_proof";
    private static final ParsedStatement GENERIC = ParsedStatement.of("SET LOCAL plan_cache_mode = force_generic_plan");
    private static final ParsedStatement DEALLOCATE = ParsedStatement.of("DEALLOCATE " + NAME);
    private static final TransactionMode READ_ONLY = new TransactionMode(null, true, false);

    private static final Set<String> READS = Set.of("select", "with", "values", "table");

    /** The allowed node types: all except those that write, lock or sample rows, or belong to an extension. */
    private static final Set<String> NODES = Set.of(
            "Result",
            "ProjectSet",
            "Append",
            "Merge Append",
            "Recursive Union",
            "BitmapAnd",
            "BitmapOr",
            "Nested Loop",
            "Merge Join",
            "Hash Join",
            "Seq Scan",
            "Index Scan",
            "Index Only Scan",
            "Bitmap Index Scan",
            "Bitmap Heap Scan",
            "Tid Scan",
            "Tid Range Scan",
            "Subquery Scan",
            "Function Scan",
            "Table Function Scan",
            "Values Scan",
            "CTE Scan",
            "WorkTable Scan",
            "Foreign Scan",
            "Gather",
            "Gather Merge",
            "Materialize",
            "Memoize",
            "Sort",
            "Incremental Sort",
            "Group",
            "Aggregate",
            "WindowAgg",
            "Unique",
            "SetOp",
            "Limit",
            "Hash");

    /** Members of a plan node that contain names or terms of EXPLAIN, not expressions. */
    private static final Set<String> DESCRIPTIONS = Set.of(
            "Alias",
            "CTE Name",
            "Command",
            "Function Name",
            "Index Name",
            "Join Type",
            "Node Type",
            "Parent Relationship",
            "Partial Mode",
            "Relation Name",
            "Scan Direction",
            "Schema",
            "Strategy",
            "Subplan Name",
            "Table Function Name",
            "Tuplestore Name");

    /**
     * Built-in functions that are safe although they are not immutable: they depend only on settings that all sessions
     * share, such as the time zone, or are not immutable only because they accept values of any type.
     */
    private static final List<String> SAFE_FUNCTIONS = List.of("""
            array_to_json array_to_string concat concat_ws convert convert_from convert_to date date_add date_part
            date_subtract date_trunc enum_first enum_last enum_range extract format generate_series json_agg
            json_agg_strict json_build_array json_build_object json_object_agg json_object_agg_strict
            json_object_agg_unique json_object_agg_unique_strict json_populate_record json_populate_recordset
            json_to_record json_to_recordset json_to_tsvector jsonb_agg jsonb_agg_strict jsonb_build_array
            jsonb_build_object jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_array_tz
            jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_record_valid
            jsonb_populate_recordset jsonb_to_record jsonb_to_recordset jsonb_to_tsvector length make_timestamptz money
            numeric overlaps pg_typeof phraseto_tsquery plainto_tsquery quote_literal quote_nullable row_to_json time
            timestamp timestamptz timetz timezone to_char to_date to_json to_jsonb to_number to_timestamp to_tsquery
            to_tsvector ts_headline websearch_to_tsquery xml xml_is_well_formed""".split("\\s+"));

    private static final ParsedStatement CATALOGS = ParsedStatement.of("""
            WITH RECURSIVE views (id, rule) AS (
              SELECT c.oid, r.ev_action::text
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid
              WHERE c.relkind = 'v' AND c.relname = ANY ($1::text[])
                AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
              UNION
              SELECT c.oid, r.ev_action::text
              FROM views v
              CROSS JOIN LATERAL pg_catalog.regexp_matches(v.rule, ':relid (\\d+)', 'g') AS m (found)
              JOIN pg_catalog.pg_class c ON c.oid = m.found[1]::oid AND c.relkind = 'v'
              JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid
            ), functions (id) AS (
              SELECT oid FROM pg_catalog.pg_proc WHERE proname = ANY ($2::text[])
                OR (proname = ANY ($4::text[]) AND oid >= 16384 AND pronargs - pronargdefaults <= 1)
              UNION
              SELECT m.found[1]::oid FROM views v CROSS JOIN LATERAL
                pg_catalog.regexp_matches(v.rule, ':(?:funcid|aggfnoid|winfnoid) (\\d+)', 'g') AS m (found)
            )
            SELECT 'uses the function ' || p.proname || ', which is not immutable'
            FROM functions f JOIN pg_catalog.pg_proc p ON p.oid = f.id
            LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
            WHERE (p.provolatile <> 'i' AND NOT (p.oid < 16384 AND p.proname = ANY ($3::text[])))
              OR (p.oid >= 16384 AND EXISTS (
                SELECT FROM pg_catalog.pg_proc part WHERE part.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn)
                  AND part.provolatile = 'v'))
            UNION ALL
            SELECT 'uses a view that depends on the session, the time or a sequence, or samples or locks rows'
            FROM views
            WHERE rule ~ '\\{(SQLVALUEFUNCTION|NEXTVALUEEXPR|TABLESAMPLECLAUSE|ROWMARKCLAUSE)\\M'
            LIMIT 1""");

    private final ParsedStatement sql;
    private final int parameterCount;
    private final PooledStatements statements;
    private final NameCollector names = new NameCollector();

    private CacheabilityCheck(ParsedStatement sql, int parameterCount, PooledStatements statements) {
        this.sql = sql;
        this.parameterCount = parameterCount;
        this.statements = statements;
    }

    /**
     * Tries to prove that the statement only reads, without running it.
     *
     * @param statements must not have an open transaction
     * @return why the statement must not be cached, safe to show to clients; null if the proof succeeds
     */
    static @Nullable String rejectionReason(ParsedStatement sql, int parameterCount, PooledStatements statements) {
        return new CacheabilityCheck(sql, parameterCount, statements).rejectionReason();
    }

    private @Nullable String rejectionReason() {
        if (!READS.contains(sql.command())) {
            return "is not a SELECT, WITH, VALUES or TABLE statement";
        }
        names.collect(sql.sql());
        if (names.rejectionReason() != null) {
            return names.rejectionReason();
        }
        boolean done = false;
        try {
            String rejectionReason = statements.inTransaction(READ_ONLY, this::ask);
            done = true;
            return rejectionReason;
        } catch (DatabaseException e) {
            if (e.statementReport() == null) {
                throw e;
            }
            // Running the statement will report the error.
            return "cannot be used as a subquery, for example because it writes";
        } finally {
            if (!done) {
                forget();
            }
        }
    }

    /**
     * Removes semicolons and whitespace from the end. Does not use a regular expression, which would need quadratic
     * time to try every run of spaces as a possible ending.
     */
    private static String withoutEnding(String sql) {
        int end = sql.length();
        while (end > 0 && (sql.charAt(end - 1) == ';' || Character.isWhitespace(sql.charAt(end - 1)))) {
            end--;
        }
        return sql.substring(0, end);
    }

    private @Nullable String ask() {
        run(GENERIC);
        // A subquery, so that PostgreSQL's statistics do not count this as an execution of the statement itself.
        run(ParsedStatement.of(
                "PREPARE " + NAME + " AS SELECT * FROM (\n" + withoutEnding(sql.sql()) + "\n) AS " + NAME));
        String nulls = String.join(", ", java.util.Collections.nCopies(parameterCount, "NULL"));
        StatementResult plan = run(ParsedStatement.of("EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) EXECUTE " + NAME
                + (parameterCount == 0 ? "" : "(" + nulls + ")")));
        run(DEALLOCATE);
        JsonNode root =
                JSON.readTree(String.valueOf(plan.rows().text(0, 0))).path(0).path("Plan");
        String rejectionReason = rejectionReasonOf(root);
        if (rejectionReason == null) {
            rejectionReason = names.rejectionReason();
        }
        return rejectionReason == null ? askCatalogs() : rejectionReason;
    }

    private @Nullable String askCatalogs() {
        List<@Nullable Object> parameters = List.of(
                array(names.names()), array(names.functions()), array(SAFE_FUNCTIONS), array(names.attributes()));
        StatementResult rejectionReason = statements.run(CATALOGS, parameters, StatementPolicy.CLIENT_STATEMENT);
        return rejectionReason.rows().isEmpty() ? null : rejectionReason.rows().text(0, 0);
    }

    private static String array(Collection<String> texts) {
        return PostgresArrays.literal(new ArrayList<>(texts));
    }

    private @Nullable String rejectionReasonOf(JsonNode node) {
        String type = node.path("Node Type").asString("");
        if (!NODES.contains(type)) {
            return "has the plan node " + type + ", which is not allowed";
        }
        String schema = node.path("Schema").asString("");
        if (node.has("Relation Name") && (schema.equals("information_schema") || schema.startsWith("pg_"))) {
            return schema.startsWith("pg_temp") ? "uses a temporary table" : "uses a system catalog";
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!DESCRIPTIONS.contains(member.getKey()) && !member.getKey().equals("Plans")) {
                expressions(member.getValue());
            }
        }
        for (JsonNode child : node.path("Plans")) {
            String rejectionReason = rejectionReasonOf(child);
            if (rejectionReason != null) {
                return rejectionReason;
            }
        }
        return null;
    }

    /** Collects names from expressions, which are strings in possibly nested lists and objects. */
    private void expressions(JsonNode value) {
        if (value.isString()) {
            names.collect(value.stringValue());
        } else {
            value.forEach(this::expressions);
        }
    }

    private StatementResult run(ParsedStatement text) {
        return statements.run(text, List.of(), StatementPolicy.CLIENT_STATEMENT);
    }

    /** Deallocates the prepared statement, which is not removed by a rollback. */
    private void forget() {
        try {
            run(DEALLOCATE);
        } catch (DatabaseException e) {
            // The statement was not prepared.
        }
    }
}
