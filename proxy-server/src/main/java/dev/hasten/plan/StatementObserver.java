package dev.hasten.plan;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sees the statements of a plan: for the client's query events and spans, and for the slow-query log. */
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

        @Override
        public void command(String sql, Runnable work) {
            work.run();
        }
    };

    /** Whether it wants the values of parameters; making them costs time. */
    boolean wantsParameters();

    /**
     * A statement ended.
     *
     * @param sql with its comment
     * @param parametersJson the evaluated arguments as JSON, empty when not wanted
     * @param startedEpochNanos when it was sent, in nanoseconds since the epoch
     * @param durationNanos until its last row
     * @param failure why it failed, null when it did not
     */
    void statement(
            String sql,
            String parametersJson,
            long startedEpochNanos,
            long durationNanos,
            @Nullable RuntimeException failure);

    /** Runs a statement, and tells of it with the arguments that it was given. */
    default <T> T observed(String sql, List<? extends @Nullable Object> arguments, Supplier<T> work) {
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

    /** Something that is not a statement of the plan, such as starting a transaction, happens in the work. */
    void span(String name, Runnable work);

    /** A statement without parameters that is not of the plan, such as COMMIT, runs in the work. */
    void command(String sql, Runnable work);

    /** The description of evaluated arguments. */
    static String describe(List<? extends @Nullable Object> arguments) {
        return JsValues.stringify(arguments);
    }
}
