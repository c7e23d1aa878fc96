package dev.hasten.postgres;

import org.jspecify.annotations.Nullable;

/**
 * How a transaction begins.
 *
 * @param isolationLevel as SQL says it, such as {@code REPEATABLE READ}; null for the database's default. Never text of a
 *     client: it becomes part of a statement
 * @param readOnly whether nothing may be written
 * @param deferrable whether a serializable read-only transaction may wait for a moment when it cannot fail
 */
public record TransactionMode(@Nullable String isolationLevel, boolean readOnly, boolean deferrable) {
    /** As the database begins transactions by default. */
    public static final TransactionMode DEFAULT = new TransactionMode(null, false, false);

    /** With an isolation level. */
    public static TransactionMode of(@Nullable String isolationLevel) {
        return isolationLevel == null ? DEFAULT : new TransactionMode(isolationLevel, false, false);
    }

    /** The same, but nothing may be written. */
    TransactionMode forReads() {
        return new TransactionMode(isolationLevel, true, deferrable);
    }

    /** The statement that begins it; null for the plain BEGIN. */
    @Nullable
    String begin() {
        if (equals(DEFAULT)) {
            return null;
        }
        return "BEGIN"
                + (isolationLevel == null ? "" : " ISOLATION LEVEL " + isolationLevel)
                + (readOnly ? " READ ONLY" : "")
                + (deferrable ? " DEFERRABLE" : "");
    }
}
