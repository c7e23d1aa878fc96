package dev.hasten.plan;

import java.util.BitSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Proves that SQL is a single SELECT that only reads and returns the same rows as long as the data does not change.
 * Prisma's query compiler quotes all identifiers, so every unquoted word is a keyword, built-in function or built-in
 * type, and the compiler uses only a few of them. A statement with any other word, or with syntax that the compiler
 * does not use, is not proved. This excludes writes (including those in WITH), row locks, all functions that are not
 * listed, and keywords for the current time or user.
 *
 * <p>A function can also be called without parentheses: {@code "x"."f"} can mean {@code f(x)}. If x is a table, f must
 * be a function that was created for the row type of that table. All other cases are excluded, because FROM may contain
 * only tables and subqueries, and a dot may only follow a name. The definitions of views, operators and functions in
 * the database are not checked here.
 */
final class SelectScanner {
    /** In lower case. Words that the query compiler 7.10 uses for the conformance program, and similar ones. */
    private static final Set<String> WORDS = Set.of("""
            select from where offset limit as and or not by asc desc order on left right inner join in is null lateral
            true false group exists distinct having like ilike between similar to any all nulls first last union
            intersect except case when then else end array over partition row_number
            count sum avg min max coalesce lower upper cast jsonb_build_object json_build_object jsonb_build_array
            jsonb_agg json_agg jsonb_typeof json_typeof array_agg concat concat_ws unnest cardinality
            to_tsvector to_tsquery ts_rank setweight
            text jsonb json numeric decimal integer int bigint smallint boolean double precision real varchar bytea uuid
            citext""".split("\\s+"));

    /** Words that end the FROM clause. */
    private static final Set<String> ENDS_FROM =
            Set.of("select", "where", "group", "having", "order", "limit", "offset", "union", "intersect", "except");

    /** Types whose conversion from text depends on the current time, the time zone or the catalogs. */
    private static final Pattern UNSTABLE_TYPE = Pattern.compile("date|time.*|abstime|reg.*", Pattern.CASE_INSENSITIVE);

    /** Strings that mean the current time to date/time types; see "Special Values" in PostgreSQL's manual. */
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
    /** Whether a table or subquery must come next. */
    private boolean tableFollows;
    /** Whether the name of a type must come next. */
    private boolean typeFollows;
    /** Whether the previous name was part of the name of a type. */
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
            // Neither a table nor a type starts with such a character.
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
        // A word directly before a quote is a prefix, as in E'\\n'.
        proved = WORDS.contains(word) && !touchesQuote();
        if (tableFollows) {
            boolean subquery = word.equals("select") && previous == Token.OPEN;
            proved &= subquery || word.equals("lateral");
            tableFollows = !subquery;
        }
        if (ENDS_FROM.contains(word)) {
            inFrom.clear(depth);
        } else if (word.equals("from") || word.equals("join")) {
            // The FROM of IS DISTINCT FROM does not start a FROM clause.
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
        // A quoted name before a parenthesis is the name of a function.
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

    /** Rejects backslashes, because they make the end of a literal depend on standard_conforming_strings. */
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

    /** Accepts comments of words and spaces, such as those that the compiler adds to joins; they cannot be nested. */
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
