package dev.hasten.transaction;

import java.util.concurrent.TimeUnit;

/**
 * What a transaction and its errors are about, without its connection.
 *
 * @param owner the only owner that may use the transaction
 * @param timeoutMillis the time limit
 * @param startedNanos {@link System#nanoTime} at the start
 */
record TransactionState(String owner, Status status, long timeoutMillis, long startedNanos) {
    /** Whether and how a transaction ended. */
    enum Status {
        OPEN,
        COMMITTED,
        ROLLED_BACK,
        /** Rolled back by PostgreSQL, because its connection broke before the commit. */
        LOST,
        /** Its connection broke, or the request was cancelled, during the commit. The outcome is unknown. */
        UNKNOWN,
        TIMED_OUT,
        /** Rolled back by an operator. */
        KILLED
    }

    long ageMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    }

    /** Throws the error for this operation if the transaction is closed. */
    void requireOpen(String operation) {
        switch (status) {
            case OPEN -> {}
            case COMMITTED -> throw TransactionErrors.committed(operation);
            case ROLLED_BACK, LOST -> throw TransactionErrors.rolledBack(operation);
            case UNKNOWN -> throw TransactionErrors.unknownOutcome(operation);
            case KILLED -> throw TransactionErrors.killed();
            case TIMED_OUT -> throw TransactionErrors.expired(operation, timeoutMillis, ageMillis());
        }
    }
}
