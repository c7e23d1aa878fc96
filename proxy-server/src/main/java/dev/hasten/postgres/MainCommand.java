package dev.hasten.postgres;

import dev.hasten.postgres.SqlLexer.Token;
import java.util.Locale;
import java.util.Set;

/** The command of a statement in its command tag, which the driver does not report for rows that are fetched in portions. */
final class MainCommand {
    private static final Set<String> TAGGED_SELECT = Set.of("select", "values", "table", "with");
    private static final Set<String> AFTER_WITH =
            Set.of("select", "values", "table", "insert", "update", "delete", "merge");

    private MainCommand() {}

    /** Returns the command, such as {@code SELECT}. */
    static String of(ParsedStatement statement) {
        String command = statement.command().equals("with") ? afterWith(statement.sql()) : statement.command();
        return TAGGED_SELECT.contains(command) ? "SELECT" : command.toUpperCase(Locale.ROOT);
    }

    /** Returns the first word of the statement that follows the queries of a WITH. */
    private static String afterWith(String sql) {
        SqlLexer lexer = new SqlLexer(sql);
        int depth = 0;
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            if (token == Token.SYMBOL && lexer.isSymbol('(')) {
                depth++;
            } else if (token == Token.SYMBOL && lexer.isSymbol(')')) {
                depth--;
            } else if (token == Token.WORD && depth == 0 && AFTER_WITH.contains(lexer.text())) {
                return lexer.text();
            }
        }
        return "select";
    }
}
