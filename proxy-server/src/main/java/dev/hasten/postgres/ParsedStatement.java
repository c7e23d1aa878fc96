package dev.hasten.postgres;

/**
 * A statement's SQL with what its text tells about it.
 *
 * @param sql with {@code $n} parameters, exactly as PostgreSQL gets it
 * @param effect what the statement may leave behind in the session
 * @param severalStatements whether the text holds more than one statement
 * @param hasParameters whether the text mentions {@code $1} or any other parameter
 * @param procedural whether it starts with CALL or DO, which may commit before they fail
 * @param command the first word in lower case, such as {@code select}; empty if there is none
 * @param endsTransaction whether its first statement is a COMMIT, a ROLLBACK or the like
 * @param writesAnyway whether it can write even in a read-only transaction: EXPLAIN of a statement that creates a table, and,
 *     before PostgreSQL 16, functions that write large objects; also a function that writes a file of the server
 * @param setsForeignFormat whether it sets {@code client_encoding} to something other than UTF-8, or {@code DateStyle} to
 *     something other than ISO
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

    /** What must happen to a connection before somebody else may use it. */
    public enum SessionEffect {
        /** The statement cannot change the session. */
        NONE,
        /** The session must be reset: settings, temporary tables, advisory locks, LISTEN, cursors. */
        RESET,
        /** The connection must be closed: what was done cannot be undone in place, such as PREPARE. */
        DISCARD;

        /** The stronger of both. */
        public SessionEffect and(SessionEffect other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /** The text with its traits, found by one pass over it. */
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

    /** The same statement with text after it that changes nothing, such as a comment. */
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
