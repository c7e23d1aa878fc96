package dev.hasten.transaction;

import dev.hasten.postgres.ConnectionPool;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A configured database while the server runs.
 *
 * @param name how keys, meters and logs name it
 * @param schema the schema that clients are told to use, null when the URL names none
 * @param queryTimeout how long a request may take
 * @param answerBytes how large an answer may be
 * @param resultBytes how much one statement may return
 */
public record Database(
        String name,
        @Nullable String schema,
        ConnectionPool pool,
        TransactionRegistry transactions,
        Duration queryTimeout,
        long answerBytes,
        long resultBytes)
        implements AutoCloseable {

    /** Rolls back open transactions and closes the pool. */
    @Override
    public void close() {
        transactions.close();
        pool.close();
    }
}
