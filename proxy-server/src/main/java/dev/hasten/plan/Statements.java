package dev.hasten.plan;

import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the statements of a plan, on a connection of the pool or in an interactive transaction. */
public interface Statements {
    /** Waits for a connection if there is none yet, so that the time of the next statement does not include the wait. */
    default void awaitConnection() {}

    /** The process of PostgreSQL that serves the connection; 0 if there is none yet. */
    default int backendProcess() {
        return 0;
    }

    /**
     * Runs a statement.
     *
     * @param parameters each is null, a String, a {@code byte[]} or a {@link dev.hasten.postgres.TypedParameter}
     * @throws dev.hasten.postgres.DatabaseException if it fails
     */
    StatementResult run(ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy);

    /**
     * Runs the work in a transaction; if one is already open, in that one. The work may run twice; then the first run
     * is rolled back.
     */
    <T> T inTransaction(Supplier<T> work);
}
