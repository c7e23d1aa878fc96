package dev.hasten.postgres;

import dev.hasten.postgres.SqlText.SessionEffect;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over SQL that decides whether the statement can change session state. It knows PostgreSQL's lexical rules
 * (strings, dollar quotes, quoted names, nested comments) and no grammar.
 *
 * <p>A text that it does not know to be harmless costs a reset of the session, one round trip. What a text does not show
 * it cannot know: triggers, views, operators and functions that overload a harmless name may change the session, too.
 * Databases with such need {@code pool.reset: always}. Statements made by Prisma's query compiler are harmless.
 */
final class SqlScanner {
    /** First words of statements that change no session state by themselves. */
    private static final Set<String> HARMLESS_STATEMENTS = Set.of(
            "select",
            "insert",
            "update",
            "delete",
            "merge",
            "with",
            "values",
            "table",
            "explain",
            "show",
            "truncate",
            "create",
            "alter",
            "drop",
            "comment",
            "grant",
            "revoke",
            "analyze",
            "vacuum",
            "reindex",
            "refresh",
            "begin",
            "start",
            "commit",
            "end",
            "rollback",
            "abort",
            "savepoint",
            "release",
            "lock");

    /** First words of statements whose effect a reset does not undo. */
    private static final Set<String> IRREVERSIBLE_STATEMENTS = Set.of("load", "copy");

    /** Functions whose effect a reset does not undo. */
    private static final Set<String> IRREVERSIBLE_FUNCTIONS = Set.of("setseed");

    /** Key words that may stand before an opening parenthesis. */
    private static final Set<String> KEYWORDS = Set.of(
            "and",
            "or",
            "not",
            "in",
            "exists",
            "any",
            "all",
            "some",
            "as",
            "on",
            "where",
            "having",
            "from",
            "join",
            "values",
            "select",
            "by",
            "over",
            "filter",
            "using",
            "conflict",
            "when",
            "then",
            "else",
            "case",
            "union",
            "except",
            "intersect",
            "distinct",
            "limit",
            "offset",
            "lateral",
            "set",
            "returning",
            "between",
            "like",
            "ilike",
            "is",
            "with",
            "within",
            "group",
            "order",
            "default",
            "check",
            "key",
            "unique",
            "references",
            "array",
            "row",
            "rows",
            "range",
            "only",
            "table",
            "into",
            "materialized",
            "interval",
            "escape",
            "partition",
            "primary",
            "exclude",
            "include",
            "to",
            "index",
            "cross",
            "inner",
            "left",
            "right",
            "full",
            "natural",
            "end",
            "btree",
            "hash",
            "gin",
            "gist",
            "identity",
            "always",
            "generated",
            "stored",
            "if",
            "return");

    /** Functions and type names of PostgreSQL that read and compute but change no session state. */
    private static final Set<String> HARMLESS_FUNCTIONS = Set.of(
            // aggregates and window functions
            "count",
            "sum",
            "avg",
            "min",
            "max",
            "array_agg",
            "string_agg",
            "json_agg",
            "jsonb_agg",
            "json_object_agg",
            "jsonb_object_agg",
            "bool_and",
            "bool_or",
            "every",
            "row_number",
            "rank",
            "dense_rank",
            "ntile",
            "lag",
            "lead",
            "first_value",
            "last_value",
            "nth_value",
            "percentile_cont",
            "percentile_disc",
            "mode",
            "stddev",
            "variance",
            "corr",
            // conditional, comparison, casts
            "coalesce",
            "nullif",
            "greatest",
            "least",
            "cast",
            "num_nulls",
            "num_nonnulls",
            "pg_typeof",
            // text
            "lower",
            "upper",
            "length",
            "char_length",
            "octet_length",
            "trim",
            "btrim",
            "ltrim",
            "rtrim",
            "substring",
            "substr",
            "replace",
            "concat",
            "concat_ws",
            "format",
            "left",
            "right",
            "lpad",
            "rpad",
            "position",
            "strpos",
            "split_part",
            "repeat",
            "reverse",
            "initcap",
            "translate",
            "overlay",
            "regexp_replace",
            "regexp_match",
            "regexp_matches",
            "md5",
            "sha256",
            "encode",
            "decode",
            "convert_from",
            "convert_to",
            "chr",
            "ascii",
            "quote_ident",
            "quote_literal",
            "starts_with",
            "to_hex",
            "unistr",
            "similarity",
            "word_similarity",
            // numbers
            "abs",
            "ceil",
            "ceiling",
            "floor",
            "round",
            "trunc",
            "mod",
            "power",
            "sqrt",
            "exp",
            "ln",
            "log",
            "sign",
            "random",
            "gen_random_uuid",
            "uuidv4",
            "uuidv7",
            "width_bucket",
            "div",
            "gcd",
            "lcm",
            // dates
            "now",
            "clock_timestamp",
            "statement_timestamp",
            "transaction_timestamp",
            "date_trunc",
            "date_part",
            "extract",
            "age",
            "to_char",
            "to_date",
            "to_timestamp",
            "to_number",
            "make_date",
            "make_time",
            "make_timestamp",
            "make_timestamptz",
            "make_interval",
            "timezone",
            "current_date",
            "current_timestamp",
            "localtimestamp",
            "justify_interval",
            // arrays, json, ranges
            "array_append",
            "array_prepend",
            "array_cat",
            "array_length",
            "array_remove",
            "array_replace",
            "array_position",
            "array_to_string",
            "string_to_array",
            "array_ndims",
            "array_upper",
            "array_lower",
            "cardinality",
            "unnest",
            "generate_series",
            "generate_subscripts",
            "to_json",
            "to_jsonb",
            "row_to_json",
            "json_build_object",
            "jsonb_build_object",
            "json_build_array",
            "jsonb_build_array",
            "jsonb_set",
            "jsonb_insert",
            "jsonb_typeof",
            "json_typeof",
            "jsonb_array_elements",
            "json_array_elements",
            "jsonb_array_elements_text",
            "json_array_elements_text",
            "jsonb_array_length",
            "json_array_length",
            "jsonb_each",
            "jsonb_each_text",
            "json_each",
            "json_each_text",
            "jsonb_object_keys",
            "json_object_keys",
            "jsonb_extract_path",
            "jsonb_extract_path_text",
            "json_extract_path",
            "json_extract_path_text",
            "jsonb_pretty",
            "jsonb_strip_nulls",
            "jsonb_path_query",
            "jsonb_path_exists",
            "jsonb_path_query_first",
            "jsonb_path_query_array",
            "jsonb_populate_record",
            "jsonb_to_record",
            "jsonb_to_recordset",
            "tstzrange",
            "tsrange",
            "daterange",
            "int4range",
            "int8range",
            "numrange",
            "isempty",
            "lower_inc",
            "upper_inc",
            // full text search
            "to_tsvector",
            "to_tsquery",
            "plainto_tsquery",
            "phraseto_tsquery",
            "websearch_to_tsquery",
            "ts_rank",
            "ts_rank_cd",
            "ts_headline",
            "setweight",
            "strip",
            // sequences that the statement itself needs, server facts, waiting
            "nextval",
            "version",
            "current_schema",
            "current_database",
            "pg_backend_pid",
            "txid_current",
            "pg_current_xact_id",
            "pg_sleep",
            "pg_size_pretty",
            "pg_total_relation_size",
            "pg_relation_size",
            "to_regclass",
            "current_setting",
            "pg_advisory_xact_lock",
            "pg_try_advisory_xact_lock",
            "hashtext",
            "hashtextextended",
            // types with a modifier
            "varchar",
            "char",
            "character",
            "varying",
            "numeric",
            "decimal",
            "bit",
            "varbit",
            "timestamp",
            "timestamptz",
            "time",
            "timetz",
            "float",
            "bpchar",
            "precision");

    private final String sql;
    private int at;
    private SessionEffect effect = SessionEffect.NONE;
    private boolean statementStarted;
    private int statements;
    private boolean hasParameters;
    private boolean procedural;
    /** The name just before the current position, lower-cased unless it was quoted; null after anything else. */
    private @Nullable String name;

    private boolean nameIsQuoted;
    /** Whether {@link #name} follows INTO and so is a table. */
    private boolean nameIsTable;

    private boolean afterInto;
    private @Nullable String qualifier;

    SqlScanner(String sql) {
        this.sql = sql;
    }

    SessionEffect effect() {
        return effect;
    }

    boolean severalStatements() {
        return statements > 1;
    }

    boolean hasParameters() {
        return hasParameters;
    }

    boolean procedural() {
        return procedural;
    }

    void scan() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '-' && next('-')) {
                skipLineComment();
            } else if (c == '/' && next('*')) {
                skipBlockComment();
            } else if (c == ';') {
                at++;
                statementStarted = false;
                forgetName();
            } else {
                token(c);
            }
        }
    }

    private void token(char c) {
        boolean first = !statementStarted;
        if (first) {
            statementStarted = true;
            statements++;
        }
        if (Character.isLetter(c) || c == '_' || c > 127) {
            word(first);
        } else if (c == '"') {
            int start = at;
            skipQuoted('"', false);
            named(sql.substring(Math.min(start + 1, at), Math.max(start + 1, at - 1)), true);
        } else if (c == '.') {
            qualifier = name;
            name = null;
            at++;
        } else if (c == '(') {
            call();
            forgetName();
            at++;
        } else {
            if (c == '\'') {
                skipString(false);
            } else if (c == '$') {
                skipDollar();
            } else {
                at++;
            }
            forgetName();
        }
    }

    private void word(boolean first) {
        int start = at;
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toLowerCase(Locale.ROOT);
        if (at < sql.length() && sql.charAt(at) == '\'' && (word.equals("e") || word.equals("u"))) {
            skipString(word.equals("e"));
            forgetName();
            return;
        }
        if (word.equals("u") && next('&', 0)) {
            // Names and strings with Unicode escapes can spell anything.
            effect = effect.and(SessionEffect.RESET);
        }
        if (first) {
            startOfStatement(word);
        }
        named(word, false);
    }

    private void startOfStatement(String word) {
        procedural |= word.equals("call") || word.equals("do");
        if (IRREVERSIBLE_STATEMENTS.contains(word)) {
            effect = effect.and(SessionEffect.DISCARD);
        } else if (!HARMLESS_STATEMENTS.contains(word)) {
            effect = effect.and(SessionEffect.RESET);
        }
    }

    private void named(String text, boolean quoted) {
        if (text.startsWith("pg_temp") || (!quoted && (text.equals("temp") || text.equals("temporary")))) {
            effect = effect.and(SessionEffect.RESET);
        }
        boolean qualified = name == null && qualifier != null;
        nameIsTable = afterInto || (qualified && nameIsTable);
        afterInto = !quoted && text.equals("into");
        if (!qualified) {
            qualifier = null;
        }
        name = text;
        nameIsQuoted = quoted;
    }

    /** A name before a parenthesis is a call unless it is a key word or the table of an INSERT. */
    private void call() {
        String function = name;
        if (function == null || nameIsTable || (!nameIsQuoted && KEYWORDS.contains(function))) {
            return;
        }
        if (IRREVERSIBLE_FUNCTIONS.contains(function) || function.startsWith("dblink")) {
            effect = effect.and(SessionEffect.DISCARD);
        }
        boolean builtIn = qualifier == null || qualifier.equals("pg_catalog");
        if (!builtIn || !HARMLESS_FUNCTIONS.contains(function)) {
            effect = effect.and(SessionEffect.RESET);
        }
    }

    private void forgetName() {
        name = null;
        qualifier = null;
        nameIsTable = false;
        afterInto = false;
    }

    private void skipLineComment() {
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
            at++;
        }
    }

    /** A string, together with those that continue it on further lines, which have its escapes. */
    private void skipString(boolean backslashEscapes) {
        while (true) {
            skipQuoted('\'', backslashEscapes);
            int next = at;
            boolean lineBreak = false;
            while (next < sql.length() && Character.isWhitespace(sql.charAt(next))) {
                lineBreak |= sql.charAt(next) == '\n' || sql.charAt(next) == '\r';
                next++;
            }
            if (!lineBreak || next >= sql.length() || sql.charAt(next) != '\'') {
                return;
            }
            at = next;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void skipQuoted(char quote, boolean backslashEscapes) {
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && backslashEscapes) {
                at++;
            } else if (c == quote) {
                if (at < sql.length() && sql.charAt(at) == quote) {
                    at++;
                } else {
                    return;
                }
            }
        }
    }

    /** A parameter such as {@code $1}, or a dollar-quoted string. */
    private void skipDollar() {
        int end = at + 1;
        while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
            end++;
        }
        boolean tag = end < sql.length() && sql.charAt(end) == '$' && !isDigit(sql.charAt(at + 1));
        if (!tag) {
            hasParameters |= end > at + 1 && isDigit(sql.charAt(at + 1));
            if (end < sql.length() && sql.charAt(end) == '$') {
                // Something like $1a$b$, which versions of PostgreSQL read differently.
                effect = effect.and(SessionEffect.RESET);
            }
            at = Math.max(end, at + 1);
            return;
        }
        String delimiter = sql.substring(at, end + 1);
        int close = sql.indexOf(delimiter, end + 1);
        at = close < 0 ? sql.length() : close + delimiter.length();
    }

    private void skipBlockComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    private boolean next(char c) {
        return next(c, 1);
    }

    private boolean next(char c, int distance) {
        return at + distance < sql.length() && sql.charAt(at + distance) == c;
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
    }
}
