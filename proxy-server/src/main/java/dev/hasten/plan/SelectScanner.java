package dev.hasten.plan;

import java.util.BitSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Proves that SQL is one SELECT that changes nothing and gives the same rows as long as the data stays the same. The
 * query compiler of Prisma quotes every name of a schema, so all words without quotes are SQL's own, and there are few:
 * a statement with any other word, or with a form that the compiler does not use, is not proved. That shuts out writes
 * (also those inside WITH), row locks, functions of all kinds but the listed ones, and what stands for the time or the
 * user.
 *
 * <p>A function can also be called without parentheses, as {@code "x"."f"} for {@code f(x)}. Where x is a table, f would
 * have to be made for the rows of that table; all other ways are shut: a FROM names tables and subqueries only, and a dot
 * follows names only. What views, operators and functions of the database's own do cannot be seen here.
 */
final class SelectScanner {
    /** In lower case. Seen in what the query compiler 7.10 makes of the conformance program, and their like. */
    private static final Set<String> WORDS = Set.of("""
            select from where offset limit as and or not by asc desc order on left right inner join in is null lateral
            true false group exists distinct having like ilike between similar to any all nulls first last union
            intersect except case when then else end array over partition row_number
            count sum avg min max coalesce lower upper cast jsonb_build_object json_build_object jsonb_build_array
            jsonb_agg json_agg jsonb_typeof json_typeof array_agg concat concat_ws unnest cardinality
            to_tsvector to_tsquery ts_rank setweight
            text jsonb json numeric decimal integer int bigint smallint boolean double precision real varchar bytea uuid
            citext""".split("\\s+"));

    /** Words that end the FROM of their SELECT. */
    private static final Set<String> ENDS_FROM =
            Set.of("select", "where", "group", "having", "order", "limit", "offset", "union", "intersect", "except");

    /** Types that read the time, the time zone or the catalog when they are made of text. */
    private static final Pattern UNSTABLE_TYPE = Pattern.compile("date|time.*|abstime|reg.*", Pattern.CASE_INSENSITIVE);

    /** What types of date and time read as words for the time of day; see "Special Values" in PostgreSQL's manual. */
    private static final Pattern TIME_WORD =
            Pattern.compile("\\b(now|today|tomorrow|yesterday)\\b", Pattern.CASE_INSENSITIVE);

    private static final String OPERATORS = "*=<>:|&@#[]+-/%^~!?";

    private final String sql;
    private int at;
    private boolean proved = true;
    private Token previous = Token.OTHER;
    private String previousWord = "";
    private int depth;
    /** Depths at which a comma separates tables. */
    private final BitSet inFrom = new BitSet();
    /** Depths of the parentheses of CAST. */
    private final BitSet inCast = new BitSet();
    /** A table or subquery must come next. */
    private boolean tableFollows;
    /** The name of a type must come next. */
    private boolean typeFollows;
    /** The name before, if it was one, was part of a type's. */
    private boolean insideType;

    private enum Token {
        WORD,
        NAME,
        DOT,
        OPEN,
        OTHER
    }

    private SelectScanner(String sql) {
        this.sql = sql;
    }

    static boolean isPureSelect(String sql) {
        return sql.regionMatches(true, 0, "SELECT ", 0, 7) && new SelectScanner(sql).scan();
    }

    private boolean scan() {
        while (proved && at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ' ') {
                at++;
            } else if (sql.startsWith("/*", at)) {
                comment();
            } else {
                token(c);
            }
        }
        return proved && depth == 0 && !tableFollows && !typeFollows;
    }

    private void token(char c) {
        if (previous == Token.DOT && c != '"' && c != '*') {
            proved = false;
        } else if (isLetter(c)) {
            word();
        } else if (c == '"') {
            name();
        } else if (c == '(') {
            open();
        } else if (c == '.') {
            proved = previous == Token.NAME;
            previous = Token.DOT;
            at++;
        } else {
            // Neither a table nor a type begins like that.
            proved = !tableFollows && !typeFollows;
            if (c == ',') {
                tableFollows = inFrom.get(depth);
                at++;
            } else if (c == ')') {
                proved &= depth > 0;
                depth--;
                at++;
            } else {
                value(c);
            }
            previous = Token.OTHER;
        }
    }

    private void word() {
        int start = at;
        while (at < sql.length() && isWordPart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toLowerCase(Locale.ROOT);
        // A word that touches a quote is a prefix, as in E'\\n'.
        proved = WORDS.contains(word) && !touchesQuote();
        if (tableFollows) {
            boolean subquery = word.equals("select") && previous == Token.OPEN;
            proved &= subquery || word.equals("lateral");
            tableFollows = !subquery;
        }
        if (ENDS_FROM.contains(word)) {
            inFrom.clear(depth);
        } else if (word.equals("from") || word.equals("join")) {
            // IS DISTINCT FROM is no FROM.
            proved &= previous != Token.WORD || !previousWord.equals("distinct");
            inFrom.set(depth);
            tableFollows = true;
        }
        typeFollows = word.equals("as") && inCast.get(depth);
        previous = Token.WORD;
        previousWord = word;
    }

    private void name() {
        int start = at;
        quoted('"');
        insideType = typeFollows || (insideType && previous == Token.DOT);
        if (proved && insideType) {
            proved = !UNSTABLE_TYPE.matcher(sql.substring(start + 1, at - 1)).matches();
        }
        tableFollows = false;
        typeFollows = false;
        previous = Token.NAME;
    }

    private void open() {
        // A name before it would be a function's.
        proved = previous != Token.NAME && !typeFollows;
        depth++;
        inFrom.set(depth, tableFollows);
        inCast.set(depth, previous == Token.WORD && previousWord.equals("cast"));
        previous = Token.OPEN;
        at++;
    }

    private void value(char c) {
        if (c == '\'') {
            literal();
        } else if (isDigit(c)) {
            number();
        } else if (c == '$') {
            at++;
            proved &= at < sql.length() && isDigit(sql.charAt(at));
            number();
        } else if (sql.startsWith("::", at)) {
            typeFollows = true;
            at += 2;
        } else {
            proved &= OPERATORS.indexOf(c) >= 0 && !sql.startsWith("--", at) && !sql.startsWith("*/", at);
            at++;
        }
    }

    private void number() {
        while (at < sql.length() && (isDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
            at++;
        }
        proved &= at == sql.length() || !isWordPart(sql.charAt(at));
    }

    private boolean touchesQuote() {
        return at < sql.length() && (sql.charAt(at) == '\'' || sql.charAt(at) == '"');
    }

    /** Without backslashes, a literal ends at the same place whatever standard_conforming_strings says. */
    private void literal() {
        int start = at;
        quoted('\'');
        if (proved) {
            String literal = sql.substring(start, at);
            proved = literal.indexOf('\\') < 0 && !TIME_WORD.matcher(literal).find();
        }
    }

    private void quoted(char quote) {
        int end = sql.indexOf(quote, at + 1);
        while (end >= 0 && end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
            end = sql.indexOf(quote, end + 2);
        }
        proved &= end >= 0;
        at = end + 1;
    }

    /** Such as those that name the levels of a query with joins; nothing that nests or runs on. */
    private void comment() {
        int end = at + 2;
        while (end < sql.length() && (sql.charAt(end) == ' ' || isWordPart(sql.charAt(end)))) {
            end++;
        }
        proved = sql.startsWith("*/", end);
        at = end + 2;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordPart(char c) {
        return isLetter(c) || isDigit(c) || c == '_';
    }
}
