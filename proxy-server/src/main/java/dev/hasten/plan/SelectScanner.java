package dev.hasten.plan;

import java.util.Locale;
import java.util.Set;

/**
 * Proves that SQL is one SELECT that changes nothing and gives the same rows as long as the data stays the same. The
 * query compiler of Prisma quotes every name of a schema, so all words without quotes are SQL's own, and there are few:
 * a statement with any other word, or with a lexical form that the compiler does not use, is not proved. That shuts out
 * writes (also those inside WITH), row locks, functions of all kinds but the listed ones, and the words that stand for
 * the time or the user.
 *
 * <p>What views and operators of the database's own do cannot be seen here.
 */
final class SelectScanner {
    /** In lower case. Seen in what the query compiler 7.10 makes of the conformance program, and their like. */
    private static final Set<String> WORDS = Set.of("""
            select from where offset limit as and or not by asc desc order on left right inner join in is null lateral
            true false group exists distinct having like ilike between similar to any all nulls first last union
            intersect except case when then else end only array over partition row_number
            count sum avg min max coalesce lower upper cast jsonb_build_object json_build_object jsonb_build_array
            jsonb_agg json_agg jsonb_typeof json_typeof array_agg concat concat_ws unnest cardinality
            to_tsvector to_tsquery ts_rank setweight
            text jsonb json numeric decimal integer int bigint smallint boolean double precision real varchar bytea uuid
            citext""".split("\\s+"));

    private static final String OPERATORS = "*.=,><:|&@#[]+-/%^~!?";

    private final String sql;
    private int at;
    private boolean proved = true;
    /** A quoted name came last: an opening parenthesis would make it the name of a function. */
    private boolean afterName;

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
            } else {
                token(c);
            }
        }
        return proved;
    }

    private void token(char c) {
        boolean name = c == '"';
        if (name) {
            quoted('"');
        } else if (c == '\'') {
            literal();
        } else if (isLetter(c)) {
            word();
        } else if (isDigit(c)) {
            number();
        } else if (c == '$') {
            at++;
            proved = at < sql.length() && isDigit(sql.charAt(at));
            number();
        } else if (c == '(') {
            proved = !afterName;
            at++;
        } else if (c == ')') {
            at++;
        } else if (sql.startsWith("/*", at)) {
            comment();
            return;
        } else {
            proved = OPERATORS.indexOf(c) >= 0 && !sql.startsWith("--", at) && !sql.startsWith("*/", at);
            at++;
        }
        afterName = name;
    }

    private void word() {
        int start = at;
        while (at < sql.length() && isWordPart(sql.charAt(at))) {
            at++;
        }
        // A word that touches a quote is a prefix, as in E'\\n'.
        proved = WORDS.contains(sql.substring(start, at).toLowerCase(Locale.ROOT)) && !touchesQuote();
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
        proved &= sql.indexOf('\\', start) < 0 || sql.indexOf('\\', start) >= at;
    }

    private void quoted(char quote) {
        int end = sql.indexOf(quote, at + 1);
        while (end >= 0 && end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
            end = sql.indexOf(quote, end + 2);
        }
        proved = end >= 0;
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
