package dev.hasten.plan;

import dev.hasten.postgres.TransactionMode;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Receives the statements of a plan, for the client's query events and spans, and for the slow-query log. */
public interface StatementObserver {
    /** Ignores all events. */
    StatementObserver NONE = new StatementObserver() {
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
    };

    /** Whether the observer uses the values of parameters, which take time to format. */
    boolean wantsParameters();

    /**
     * Called after a statement.
     *
     * @param sql the statement with its comment
     * @param parametersJson the evaluated arguments as JSON; empty if {@link #wantsParameters} is false
     * @param startedEpochNanos start of the statement, in nanoseconds since the epoch
     * @param durationNanos time from the start to the last row, in nanoseconds
     * @param failure the error of a statement that failed; null if it succeeded
     */
    void statement(
            String sql,
            String parametersJson,
            long startedEpochNanos,
            long durationNanos,
            @Nullable RuntimeException failure);

    /** Called before the request waits for a connection. */
    default void waiting() {}

    /** Called when the wait for a connection is over, after this many nanoseconds. */
    default void waited(long nanos) {}

    /**
     * Called before a statement is sent.
     *
     * @param sql the statement with its comment
     * @param backend the process of PostgreSQL that will run it; 0 if it is not known
     */
    default void started(String sql, int backend) {}

    /** Called with the number of rows that a statement has returned or changed. */
    default void rows(long count) {}

    /** Runs a statement and reports it with its arguments. */
    default <T> T observed(String sql, List<? extends @Nullable Object> arguments, Supplier<T> work) {
        return observed(sql, arguments, 0, work);
    }

    /** As above, on a connection that is served by a process of PostgreSQL; 0 if it is not known. */
    default <T> T observed(String sql, List<? extends @Nullable Object> arguments, int backend, Supplier<T> work) {
        started(sql, backend);
        String described = wantsParameters() ? describe(arguments) : "";
        long started = System.nanoTime();
        Instant now = Instant.now();
        RuntimeException failure = null;
        try {
            return work.get();
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            statement(
                    sql,
                    described,
                    Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano()),
                    System.nanoTime() - started,
                    failure);
        }
    }

    /** Runs work that is not a statement of the plan, such as starting a transaction, and reports it as a span. */
    void span(String name, Runnable work);

    /** Called when a transaction begins. BEGIN is sent together with its first statement. */
    default void begun(TransactionMode mode) {}

    /** Runs and reports a statement without parameters that is not part of the plan, such as COMMIT. */
    default void command(String sql, Runnable work) {
        observed(sql, List.of(), () -> {
            work.run();
            return sql;
        });
    }

    /** Returns the evaluated arguments as JSON. */
    static String describe(List<? extends @Nullable Object> arguments) {
        return JsValues.stringify(arguments);
    }
}
