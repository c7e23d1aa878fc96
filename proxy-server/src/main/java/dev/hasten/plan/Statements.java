package dev.hasten.plan;

import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the statements of a plan run: on a connection of the pool, or in an interactive transaction. */
public interface Statements {

    /**
     * Runs a statement.
     *
     * @param parameters null, String or byte[] each
     * @throws dev.hasten.postgres.DatabaseException if it fails
     */
    StatementResult run(ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy);

    /**
     * Runs the work in a transaction, the open one if there is one. The work may run twice, and the first time have no
     * effect.
     */
    <T> T inTransaction(Supplier<T> work);
}
