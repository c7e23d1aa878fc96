package dev.hasten.postgres;

import dev.hasten.postgres.SqlLexer.Token;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * A short description of a statement with few distinct values: its command and its tables. Source: {@code db.query.summary} of
 * OpenTelemetry's semantic conventions for databases.
 */
public final class SqlSummary {
    private static final int LONGEST = 255;
    private static final int MOST_TABLES = 5;
    /** Longer statements are cut off: their tables are at the beginning. */
    private static final int SCANNED = 4000;

    private static final Set<String> BEFORE_TABLES = Set.of("from", "into", "update", "join", "table");
    private static final Set<String> NO_TABLES = Set.of("select", "lateral", "only", "if", "set");

    private SqlSummary() {}

    /** Returns a summary such as {@code SELECT user post}. It contains no literals. */
    public static String of(String sql) {
        SqlLexer lexer = new SqlLexer(sql.length() <= SCANNED ? sql : sql.substring(0, SCANNED));
        String command = "";
        Set<String> tables = new LinkedHashSet<>();
        boolean expectsTable = false;
        String table = null;
        boolean afterDot = false;
        for (Token token = lexer.next(); token != Token.END && tables.size() < MOST_TABLES; token = lexer.next()) {
            boolean isName = token == Token.QUOTED_NAME || token == Token.WORD;
            if (command.isEmpty() && token == Token.WORD) {
                command = lexer.text().toUpperCase(Locale.ROOT);
                expectsTable = BEFORE_TABLES.contains(lexer.text());
                continue;
            }
            if (table != null) {
                if (lexer.isSymbol('.') && token == Token.SYMBOL) {
                    afterDot = true;
                    continue;
                }
                if (afterDot && isName) {
                    table = lexer.text();
                    afterDot = false;
                    continue;
                }
                tables.add(table);
                table = null;
                afterDot = false;
            }
            if (expectsTable && isName && !(token == Token.WORD && NO_TABLES.contains(lexer.text()))) {
                table = lexer.text();
                expectsTable = false;
            } else {
                expectsTable = token == Token.WORD
                        && (BEFORE_TABLES.contains(lexer.text())
                                || (expectsTable && lexer.text().equals("only")));
            }
        }
        if (table != null) {
            tables.add(table);
        }
        String summary = tables.isEmpty() ? command : command + " " + String.join(" ", tables);
        return summary.length() <= LONGEST ? summary : summary.substring(0, LONGEST);
    }
}
