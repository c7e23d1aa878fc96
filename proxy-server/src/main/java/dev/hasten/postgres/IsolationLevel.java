package dev.hasten.postgres;

import java.util.Arrays;
import java.util.Optional;

/** A transaction isolation level of PostgreSQL. */
public enum IsolationLevel {
    READ_UNCOMMITTED("ReadUncommitted"),
    READ_COMMITTED("ReadCommitted"),
    REPEATABLE_READ("RepeatableRead"),
    SERIALIZABLE("Serializable");

    private final String clientName;

    IsolationLevel(String clientName) {
        this.clientName = clientName;
    }

    /** The level in SQL, such as {@code REPEATABLE READ}. */
    public String sql() {
        return name().replace('_', ' ');
    }

    /** The level with a name as in SQL; empty if there is none. */
    public static Optional<IsolationLevel> ofSql(String name) {
        return Arrays.stream(values()).filter(level -> level.sql().equals(name)).findFirst();
    }

    /** The level with a name as Prisma's and Neon's clients write it, such as {@code RepeatableRead}; empty if there is none. */
    public static Optional<IsolationLevel> ofClientName(String name) {
        return Arrays.stream(values())
                .filter(level -> level.clientName.equals(name))
                .findFirst();
    }
}
