package dev.hasten.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The mode of a transaction.
 *
 * @param isolationLevel null for the database's default
 * @param readOnly whether writing is forbidden
 * @param deferrable whether a serializable read-only transaction may wait until it can run without the risk of failing
 */
public record TransactionMode(@Nullable IsolationLevel isolationLevel, boolean readOnly, boolean deferrable) {
    /** The database's default mode. */
    public static final TransactionMode DEFAULT = new TransactionMode(null, false, false);

    /** The mode with this isolation level; null for the database's default. */
    public static TransactionMode of(@Nullable IsolationLevel isolationLevel) {
        return isolationLevel == null ? DEFAULT : new TransactionMode(isolationLevel, false, false);
    }

    /** The same mode, but read-only. */
    TransactionMode forReads() {
        return new TransactionMode(isolationLevel, true, deferrable);
    }

    /** The statement that begins the transaction; null for a plain BEGIN. */
    @Nullable
    String begin() {
        if (equals(DEFAULT)) {
            return null;
        }
        return "BEGIN"
                + (isolationLevel == null ? "" : " ISOLATION LEVEL " + isolationLevel.sql())
                + (readOnly ? " READ ONLY" : "")
                + (deferrable ? " DEFERRABLE" : "");
    }
}
