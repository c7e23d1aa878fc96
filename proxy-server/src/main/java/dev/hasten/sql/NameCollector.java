package dev.hasten.sql;

import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What SQL, or an expression as EXPLAIN prints it, mentions that could make it read differently another time. It takes
 * the text apart into tokens and knows no grammar, so it collects too much rather than too little.
 */
final class NameCollector {
    /** Key words that are values of the session or of the time. */
    private static final Set<String> CHANGING_WORDS = Set.of(
            "current_catalog",
            "current_date",
            "current_role",
            "current_schema",
            "current_time",
            "current_timestamp",
            "current_user",
            "localtime",
            "localtimestamp",
            "session_user",
            "system_user",
            "user");

    /** Types that are made of text by a look into the catalogs. */
    private static final Set<String> CATALOG_TYPES = Set.of(
            "regclass",
            "regcollation",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype");

    /** What may stand behind FOR and locks rows. */
    private static final Set<String> LOCK_STRENGTHS = Set.of("update", "share", "no", "key");

    /** What types of date and time read as words for the time of day; see "Special Values" in PostgreSQL's manual. */
    private static final Pattern TIME_WORD =
            Pattern.compile("\\b(now|today|tomorrow|yesterday)\\b", Pattern.CASE_INSENSITIVE);

    /** All escapes of strings but those for line breaks, tabs, quotes and the like. */
    private static final Pattern SPELLING_ESCAPE = Pattern.compile("\\\\[^nrtbf'\"\\\\]");

    private final Set<String> functions = new HashSet<>();
    private final Set<String> attributes = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private @Nullable String rejectionReason;

    /** Names before an opening parenthesis: functions, types with a length, and key words. */
    Set<String> functions() {
        return functions;
    }

    /** Names behind a dot: {@code x.f} is a column, or {@code f(x)}. */
    Set<String> attributes() {
        return attributes;
    }

    /** All names and words. */
    Set<String> names() {
        return names;
    }

    /** The first thing that cannot be cached whatever it means; null when there is none. */
    @Nullable
    String rejectionReason() {
        return rejectionReason;
    }

    /** Whether a parameter may be a time that passes. */
    static boolean isTimeWord(@Nullable String parameter) {
        return parameter != null && TIME_WORD.matcher(parameter).find();
    }

    void collect(String text) {
        SqlLexer lexer = new SqlLexer(text);
        String previousWord = "";
        String name = null;
        boolean afterDot = false;
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            String current = lexer.text();
            String word = "";
            switch (token) {
                case WORD, QUOTED_NAME -> {
                    names.add(current);
                    if (afterDot) {
                        attributes.add(current);
                    } else if (token == Token.WORD) {
                        word = current;
                        word(word, previousWord);
                    }
                    name = current;
                }
                case SYMBOL -> {
                    if (lexer.isSymbol('(') && name != null) {
                        functions.add(name);
                    }
                    if (lexer.isSymbol('&') && previousWord.equals("u")) {
                        reject("Unicode escapes");
                    }
                    name = null;
                }
                case STRING -> {
                    if (SPELLING_ESCAPE.matcher(current).find()) {
                        reject("a string with escapes that can spell words");
                    } else if (isTimeWord(current)) {
                        reject("a word for the time of day");
                    }
                    name = null;
                }
                case UNCLEAR -> reject("a parameter that touches a name");
                case PARAMETER, END -> name = null;
            }
            afterDot = token == Token.SYMBOL && lexer.isSymbol('.');
            previousWord = word;
        }
    }

    private void word(String word, String previous) {
        if (CHANGING_WORDS.contains(word) && !previous.equals("as")) {
            reject(word);
        } else if (CATALOG_TYPES.contains(word)) {
            reject("the type " + word);
        } else if (word.equals("into")) {
            reject("INTO");
        } else if (previous.equals("for") && LOCK_STRENGTHS.contains(word)) {
            reject("a row lock");
        }
    }

    private void reject(String what) {
        if (rejectionReason == null) {
            rejectionReason = what;
        }
    }
}
