package dev.hasten.plan;

import dev.hasten.postgres.DatabaseErrors.Origin;
import dev.hasten.postgres.SqlText;
import dev.hasten.postgres.StatementResult;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Statements that give always the same result at once, and are watched by nobody. */
record FixedStatements(StatementResult result) implements Statements, StatementObserver {
    @Override
    public StatementResult run(SqlText sql, List<? extends @Nullable Object> parameters, Origin origin) {
        return result;
    }

    @Override
    public <T> T inTransaction(Supplier<T> work) {
        return work.get();
    }

    @Override
    public boolean wantsParameters() {
        return false;
    }

    @Override
    public void statement(
            String sql,
            String parametersJson,
            long startedEpochNanos,
            long durationNanos,
            @Nullable RuntimeException failure) {}

    @Override
    public void span(String name, Runnable work) {
        work.run();
    }

    @Override
    public void command(String sql, Runnable work) {
        work.run();
    }
}
