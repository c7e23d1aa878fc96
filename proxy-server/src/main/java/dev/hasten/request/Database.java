package dev.hasten.request;

import dev.hasten.cache.QueryCache;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.schema.Schemas;
import dev.hasten.telemetry.RequestTelemetry.StatementLog;
import dev.hasten.transaction.TransactionRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A configured database while the server runs.
 *
 * @param name how keys, meters and logs name it
 * @param schema the schema that clients are told to use, null when the URL names none
 * @param schemas the Prisma schemas that clients without an engine have uploaded
 * @param queryTimeout how long a request may take
 * @param answerBytes how large an answer may be
 * @param resultBytes how much one statement may return
 * @param log what is logged of its statements
 */
public record Database(
        String name,
        @Nullable String schema,
        ConnectionPool pool,
        TransactionRegistry transactions,
        QueryCache cache,
        Schemas schemas,
        Duration queryTimeout,
        long answerBytes,
        long resultBytes,
        StatementLog log)
        implements AutoCloseable {

    /**
     * Takes note that the schema has changed: no stored answer is used again, and no connection that knows the old schema
     * once it is given back.
     *
     * @return the new schema epoch
     */
    public long schemaChanged() {
        long epoch = cache.schemaChanged();
        pool.retireConnections();
        return epoch;
    }

    /** Rolls back open transactions and closes the pool. */
    @Override
    public void close() {
        transactions.close();
        pool.close();
    }
}
