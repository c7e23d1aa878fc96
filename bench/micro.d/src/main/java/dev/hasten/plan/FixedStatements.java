package dev.hasten.plan;

import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Statements that return the same result immediately. */
record FixedStatements(StatementResult result) implements Statements {
    @Override
    public StatementResult run(
            ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy) {
        return result;
    }

    @Override
    public <T> T inTransaction(Supplier<T> work) {
        return work.get();
    }
}
