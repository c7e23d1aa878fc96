package dev.hasten.proof;

import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.postgres.DateTimeInput;
import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects the names in SQL, or in an expression printed by EXPLAIN, that could make the result differ between
 * executions. It splits the text into tokens but does not parse the grammar, so it may collect too many names, but
 * never too few.
 */
final class NameCollector {
    /** Keywords whose value depends on the current time. */
    static final Set<String> TIME_WORDS =
            Set.of("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp");

    /** Keywords whose value depends on the session. */
    static final Set<String> SESSION_WORDS = Set.of(
            "current_catalog", "current_role", "current_schema", "current_user", "session_user", "system_user", "user");

    /** Types whose conversion from text reads the catalogs. */
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

    /** Columns of every table, whose values can change without a change of the data. */
    private static final Set<String> SYSTEM_COLUMNS = Set.of("cmax", "cmin", "ctid", "xmax", "xmin");

    /** Words that start a row lock after FOR. */
    private static final Set<String> LOCK_STRENGTHS = Set.of("update", "share", "no", "key");

    /**
     * String escapes that can encode a letter: all except those for line breaks, tabs, quotes and similar characters.
     */
    private static final Pattern SPELLING_ESCAPE = Pattern.compile("\\\\[^nrtbf'\"\\\\]");

    private final Set<String> functions = new HashSet<>();
    private final Set<String> attributes = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private @Nullable Uncached uncached;
    private boolean hidesNames;

    /** Returns the names before an opening parenthesis: functions, types with a length, and keywords. */
    Set<String> functions() {
        return functions;
    }

    /** Returns the names after a dot, because {@code x.f} can be a column or mean {@code f(x)}. */
    Set<String> attributes() {
        return attributes;
    }

    /** Returns all names and keywords. */
    Set<String> names() {
        return names;
    }

    /** Returns why the result must not be cached, whatever the names refer to; null if there is no such reason. */
    @Nullable
    Uncached uncached() {
        return uncached;
    }

    /** Whether the text may use names that were not collected. */
    boolean hidesNames() {
        return hidesNames;
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
                    if (SYSTEM_COLUMNS.contains(current)) {
                        uncached = worse(new Uncached(Reason.CATALOG, "uses the system column " + current));
                    }
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
                        reject(Reason.NOT_PROVED, "uses Unicode escapes");
                    }
                    name = null;
                }
                case STRING -> {
                    if (SPELLING_ESCAPE.matcher(current).find()) {
                        reject(Reason.NOT_PROVED, "uses a string with escapes that can encode letters");
                    } else if (DateTimeInput.dependsOnClock(current)) {
                        reject(
                                Reason.TIME,
                                "uses the special date/time value now, today, tomorrow or yesterday in a string");
                    }
                    name = null;
                }
                case UNCLEAR -> reject(Reason.NOT_PROVED, "uses a parameter that is directly followed by a name");
                case NUMBER, PARAMETER, END -> name = null;
            }
            afterDot = token == Token.SYMBOL && lexer.isSymbol('.');
            previousWord = word;
        }
    }

    private void word(String word, String previous) {
        boolean isLabel = previous.equals("as");
        if (TIME_WORDS.contains(word) && !isLabel) {
            reject(Reason.TIME, "uses " + word);
        } else if (SESSION_WORDS.contains(word) && !isLabel) {
            reject(Reason.SESSION, "uses " + word);
        } else if (CATALOG_TYPES.contains(word)) {
            reject(Reason.CATALOG, "uses the type " + word);
        } else if (word.equals("into")) {
            reject(Reason.NOT_A_READ, "uses INTO");
        } else if (previous.equals("for") && LOCK_STRENGTHS.contains(word)) {
            reject(Reason.NOT_A_READ, "uses a row lock");
        }
    }

    private void reject(Reason reason, String what) {
        hidesNames |= reason == Reason.NOT_PROVED;
        uncached = worse(new Uncached(reason, what));
    }

    private Uncached worse(Uncached found) {
        return uncached == null ? found : uncached.or(found);
    }
}
