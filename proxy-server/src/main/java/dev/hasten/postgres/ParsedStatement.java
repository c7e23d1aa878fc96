package dev.hasten.postgres;

/**
 * The text of a statement and its properties, as far as the text shows them.
 *
 * @param sql the text with {@code $n} parameters, exactly as it is sent to PostgreSQL
 * @param effect how the statement may change the session
 * @param severalStatements whether the text contains more than one statement
 * @param hasParameters whether the text contains {@code $1} or any other parameter
 * @param procedural whether it starts with CALL or DO, which may commit before they fail
 * @param command the first word in lower case, such as {@code select}; empty if there is none
 * @param endsTransaction whether its first statement is COMMIT, ROLLBACK or a similar statement
 * @param writesAnyway whether it may write even in a read-only transaction: EXPLAIN of a statement that creates a
 *     table, functions that write a file on the server, and, before PostgreSQL 16, functions that write large objects
 * @param setsForeignFormat whether it sets {@code client_encoding} to something other than UTF-8, or {@code DateStyle}
 *     to something other than ISO
 * @param parameterCount the highest parameter number, 0 if there are no parameters, -1 if it cannot be determined
 */
public record ParsedStatement(
        String sql,
        SessionEffect effect,
        boolean severalStatements,
        boolean hasParameters,
        boolean procedural,
        String command,
        boolean endsTransaction,
        boolean writesAnyway,
        boolean setsForeignFormat,
        int parameterCount) {

    /** What must be done with a connection before another request may use it. */
    public enum SessionEffect {
        /** The statement cannot change the session. */
        NONE,
        /** The session must be reset: settings, temporary tables, advisory locks, LISTEN, cursors. */
        RESET,
        /** The connection must be closed: a reset does not undo the effect of statements such as LOAD. */
        DISCARD;

        /** The stronger of the two effects. */
        public SessionEffect and(SessionEffect other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /** Parses the text of a statement, in one pass. */
    public static ParsedStatement of(String sql) {
        SqlScanner scanner = new SqlScanner(sql);
        scanner.scan();
        return new ParsedStatement(
                sql,
                scanner.effect(),
                scanner.severalStatements(),
                scanner.hasParameters(),
                scanner.procedural(),
                scanner.command(),
                scanner.endsTransaction(),
                scanner.writesAnyway(),
                scanner.setsForeignFormat(),
                scanner.parameterCount());
    }

    /** The same statement with a suffix that does not change its properties, such as a comment. */
    public ParsedStatement withSuffix(String suffix) {
        return new ParsedStatement(
                sql + suffix,
                effect,
                severalStatements,
                hasParameters,
                procedural,
                command,
                endsTransaction,
                writesAnyway,
                setsForeignFormat,
                parameterCount);
    }
}
