package dev.hasten.plan;

import dev.hasten.postgres.DateTimeInput;
import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import java.util.BitSet;
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

    private static final String OPERATORS = "*=<>:|&@#[]+-/%^~!?";

    private final SqlLexer lexer;
    private boolean proved = true;
    private Token previous = Token.END;
    /** The text of the previous token. */
    private String previousText = "";

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

    private SelectScanner(String sql) {
        this.lexer = new SqlLexer(sql);
    }

    static boolean isPureSelect(String sql) {
        return new SelectScanner(sql).scan();
    }

    private boolean scan() {
        proved = lexer.next() == Token.WORD && lexer.text().equals("select");
        for (Token token = Token.WORD; proved && token != Token.END; token = lexer.next()) {
            token(token);
            previous = token;
            previousText = lexer.text();
        }
        return proved && depth == 0 && !tableFollows && !typeFollows;
    }

    private void token(Token token) {
        if (follows('.') && token != Token.QUOTED_NAME && !lexer.isSymbol('*')) {
            proved = false;
            return;
        }
        switch (token) {
            case WORD -> word(lexer.text());
            case QUOTED_NAME -> name();
            case SYMBOL -> symbol(lexer.text().charAt(0));
            case NUMBER, PARAMETER -> value();
            case STRING -> {
                value();
                // The end of a literal with a backslash depends on standard_conforming_strings.
                proved &= lexer.text().indexOf('\\') < 0 && !DateTimeInput.dependsOnClock(lexer.text());
            }
            case UNCLEAR, END -> proved = false;
        }
    }

    private void word(String word) {
        proved = WORDS.contains(word);
        if (tableFollows) {
            boolean subquery = word.equals("select") && follows('(');
            proved &= subquery || word.equals("lateral");
            tableFollows = !subquery;
        }
        if (ENDS_FROM.contains(word)) {
            inFrom.clear(depth);
        } else if (word.equals("from") || word.equals("join")) {
            // The FROM of IS DISTINCT FROM does not start a FROM clause.
            proved &= !follows("distinct");
            inFrom.set(depth);
            tableFollows = true;
        }
        typeFollows = word.equals("as") && inCast.get(depth);
    }

    private void name() {
        insideType = typeFollows || (insideType && follows('.'));
        proved = !insideType || !UNSTABLE_TYPE.matcher(lexer.text()).matches();
        tableFollows = false;
        typeFollows = false;
    }

    private void symbol(char symbol) {
        switch (symbol) {
            case '(' -> open();
            case '.' -> proved = previous == Token.QUOTED_NAME;
            case ':' -> {
                value();
                typeFollows = follows(':');
            }
            case ',' -> {
                value();
                tableFollows = inFrom.get(depth);
            }
            case ')' -> {
                value();
                proved &= depth > 0;
                depth--;
            }
            default -> {
                value();
                proved &= OPERATORS.indexOf(symbol) >= 0;
            }
        }
    }

    private void open() {
        // A quoted name before a parenthesis is the name of a function.
        proved = previous != Token.QUOTED_NAME && !typeFollows;
        depth++;
        inFrom.set(depth, tableFollows);
        inCast.set(depth, follows("cast"));
    }

    /** Neither a table nor a type starts with the current token. */
    private void value() {
        proved &= !tableFollows && !typeFollows;
    }

    private boolean follows(char symbol) {
        return previous == Token.SYMBOL && previousText.length() == 1 && previousText.charAt(0) == symbol;
    }

    private boolean follows(String word) {
        return previous == Token.WORD && previousText.equals(word);
    }
}
