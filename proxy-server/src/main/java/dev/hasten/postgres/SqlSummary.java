package dev.hasten.postgres;

import dev.hasten.postgres.SqlLexer.Token;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A short description of a statement with few distinct values: its command and its tables. Source: {@code db.query.summary} of
 * OpenTelemetry's semantic conventions for databases. It is made from key words, without a grammar, so it can miss a table.
 */
public final class SqlSummary {
    private static final int LONGEST = 255;
    private static final int MOST_TABLES = 5;
    /** Longer statements are cut off: their tables are at the beginning. */
    private static final int SCANNED = 4000;

    private static final Set<String> BEFORE_TABLES =
            Set.of("from", "into", "update", "join", "table", "truncate", "copy");
    /** Between such a word and the name of the table. */
    private static final Set<String> SKIPPED = Set.of("only", "lateral", "if", "not", "exists", "table");
    /** Words that end a list of tables. */
    private static final Set<String> AFTER_TABLES = Set.of(
            "where",
            "group",
            "order",
            "having",
            "limit",
            "set",
            "on",
            "using",
            "returning",
            "values",
            "select",
            "union");

    private final SqlLexer lexer;
    private final Set<String> tables = new LinkedHashSet<>();
    private String command = "";
    /** The word before the current token. */
    private String previous = "";
    /** For each open parenthesis, whether it contains a query: others can contain {@code FROM}, as in {@code extract}. */
    private final Deque<Boolean> queries = new ArrayDeque<>();

    private boolean expectsTable;
    private boolean inTables;
    private @Nullable String table;

    private SqlSummary(String sql) {
        this.lexer = new SqlLexer(sql.length() <= SCANNED ? sql : sql.substring(0, SCANNED));
    }

    /** Returns a summary such as {@code SELECT user post}. It contains no literals. */
    public static String of(String sql) {
        return new SqlSummary(sql).summary();
    }

    private String summary() {
        for (Token token = lexer.next(); token != Token.END && tables.size() < MOST_TABLES; token = lexer.next()) {
            if (table != null) {
                if (token == Token.SYMBOL && lexer.isSymbol('.')) {
                    // What follows is the table, and the name before is its schema.
                    table = null;
                    expectsTable = true;
                    continue;
                }
                endTable();
            }
            switch (token) {
                case WORD -> word(lexer.text());
                case QUOTED_NAME -> name(lexer.text());
                case SYMBOL -> symbol();
                default -> expectsTable = false;
            }
        }
        endTable();
        String summary = tables.isEmpty() ? command : command + " " + String.join(" ", tables);
        return summary.length() <= LONGEST ? summary : summary.substring(0, LONGEST);
    }

    private void endTable() {
        if (table != null) {
            tables.add(table);
            table = null;
        }
    }

    private void word(String word) {
        if (command.isEmpty()) {
            command = word.toUpperCase(Locale.ROOT);
        } else if (expectsTable && !SKIPPED.contains(word) && !word.equals("select")) {
            name(word);
            previous = word;
            return;
        }
        if (word.equals("select") && !queries.isEmpty()) {
            queries.pop();
            queries.push(true);
        }
        if (AFTER_TABLES.contains(word)) {
            inTables = false;
        }
        if (!(expectsTable && SKIPPED.contains(word))) {
            expectsTable = BEFORE_TABLES.contains(word) && namesTable(word);
            inTables |= expectsTable && word.equals("from");
        }
        previous = word;
    }

    private boolean namesTable(String word) {
        return switch (word) {
            // FOR UPDATE, FOR NO KEY UPDATE, ON CONFLICT DO UPDATE, ON UPDATE
            case "update" -> !Set.of("for", "key", "do", "on").contains(previous);
            // IS DISTINCT FROM, and functions such as extract(... from ...); COPY t FROM names a file
            case "from" ->
                !previous.equals("distinct") && !command.equals("COPY") && (queries.isEmpty() || queries.peek());
            default -> true;
        };
    }

    private void name(String name) {
        if (expectsTable) {
            table = name;
        }
        expectsTable = false;
    }

    private void symbol() {
        if (lexer.isSymbol('(')) {
            queries.push(false);
            expectsTable = false;
        } else if (lexer.isSymbol(')')) {
            queries.poll();
        } else {
            expectsTable = lexer.isSymbol(',') && inTables && (queries.isEmpty() || queries.peek());
        }
    }
}
