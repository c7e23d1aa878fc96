package dev.hasten.admission;

import dev.hasten.activity.RunningRequests;
import dev.hasten.cache.QueryCache;
import dev.hasten.insights.Insights;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.proof.Proofs;
import dev.hasten.schema.PrismaSchemas;
import dev.hasten.stream.ChangeStream;
import dev.hasten.telemetry.RequestTelemetry.StatementLog;
import dev.hasten.transaction.TransactionRegistry;
import dev.hasten.writes.WriteTracking;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A configured database while the server runs.
 *
 * @param searchPath the PostgreSQL schema in the database URL, which is reported to clients; null if the URL has none
 * @param proofs what is proved about its statements
 * @param writes outdates what its statements change
 * @param stream reports the changes of all others; null if {@code cache.invalidation} is not {@code stream}
 * @param schemas the Prisma schemas that clients without an engine have uploaded
 * @param insights statistics of the queries of all databases
 * @param running the running requests of all databases, for operators
 * @param log which of its statements are logged
 */
public record Database(
        @Nullable String searchPath,
        ConnectionPool pool,
        TransactionRegistry transactions,
        QueryCache cache,
        Proofs proofs,
        WriteTracking writes,
        @Nullable ChangeStream stream,
        PrismaSchemas schemas,
        Limits limits,
        Insights insights,
        RunningRequests running,
        StatementLog log)
        implements AutoCloseable {

    /**
     * Limits of its requests.
     *
     * @param queryTimeout how long a request may take, more than 0
     * @param responseBytes how large a response to Prisma Client may be, 1 or more
     * @param sqlResponseBytes how large a response of SQL over HTTP may be, 1 or more
     * @param resultBytes memory that the result of a statement may take, 1 or more
     * @param streamTimeout how long a streamed response may take, more than 0
     * @param maxStreams how many responses may be streamed at the same time, 1 or more
     */
    public record Limits(
            Duration queryTimeout,
            long responseBytes,
            long sqlResponseBytes,
            long resultBytes,
            Duration streamTimeout,
            int maxStreams) {
        /** Checks the ranges. */
        public Limits {
            if (!queryTimeout.isPositive()
                    || responseBytes < 1
                    || sqlResponseBytes < 1
                    || resultBytes < 1
                    || !streamTimeout.isPositive()
                    || maxStreams < 1) {
                throw new IllegalArgumentException("limits must be positive");
            }
        }
    }

    /** The name in the configuration, in keys, metrics and logs. */
    public String name() {
        return pool.options().name();
    }

    /**
     * Called when the schema of the database has changed. Cached responses are no longer used, and each connection is
     * replaced as soon as it is free.
     *
     * @param by who noticed it, for operators
     * @return the new schema epoch
     */
    public long schemaChanged(String by) {
        long epoch = cache.schemaChanged(by);
        pool.retireConnections();
        return epoch;
    }

    /** Rolls back open transactions and closes the pool. */
    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
        transactions.close();
        pool.close();
    }
}
