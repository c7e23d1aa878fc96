package dev.hasten.postgres;

import java.util.Set;

/**
 * The text of a statement and its properties, as far as the text shows them.
 *
 * @param sql the text with {@code $n} parameters, exactly as it is sent to PostgreSQL
 * @param effect how the statement may change the session
 * @param command the first word in lower case, such as {@code select}; empty if there is none
 * @param parameterCount the highest parameter number, 0 if there are no parameters, -1 if it cannot be determined
 * @param traits what else is known of the statement; immutable
 */
public record ParsedStatement(String sql, SessionEffect effect, String command, int parameterCount, Set<Trait> traits) {
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

    /** A property that most statements do not have. */
    public enum Trait {
        /** The text contains more than one statement. */
        SEVERAL_STATEMENTS,
        /** It starts with CALL or DO, which may commit before they fail. */
        PROCEDURAL,
        /** Its first statement is COMMIT, ROLLBACK or a similar statement. */
        ENDS_TRANSACTION,
        /**
         * It may write even in a read-only transaction: EXPLAIN of a statement that creates a table, functions that
         * write a file on the server, and, before PostgreSQL 16, functions that write large objects.
         */
        WRITES_ANYWAY,
        /** It sets {@code client_encoding} to something other than UTF-8, or {@code DateStyle} to other than ISO. */
        SETS_FOREIGN_FORMAT
    }

    /** Parses the text of a statement, in one pass. */
    public static ParsedStatement of(String sql) {
        return new SqlScanner(sql).scan();
    }

    /** Whether the statement has this property. */
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** Whether the text contains {@code $1} or any other parameter. */
    public boolean hasParameters() {
        return parameterCount != 0;
    }

    /** The same statement with a suffix that does not change its properties, such as a comment. */
    public ParsedStatement withSuffix(String suffix) {
        return new ParsedStatement(sql + suffix, effect, command, parameterCount, traits);
    }
}
