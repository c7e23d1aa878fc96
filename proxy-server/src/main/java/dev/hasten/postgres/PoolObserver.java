package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;

/** Is notified of what happens in a pool. May be called from any thread; must not block. */
@FunctionalInterface
public interface PoolObserver {
    /** A statement was cancelled, even if it was not sent yet. */
    void cancelled(Cancellation.Reason reason);

    /** A connection to PostgreSQL was opened, which took this many nanoseconds. */
    default void connected(long nanos) {}

    /** A request or transaction has returned its connection after this many nanoseconds. */
    default void used(long nanos) {}

    /** A request got no connection in time, or because too many requests waited. */
    default void timedOut() {}
}
