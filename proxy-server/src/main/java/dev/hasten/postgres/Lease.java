package dev.hasten.postgres;

import dev.hasten.postgres.DatabaseErrors.Origin;
import dev.hasten.postgres.PostgresSession.Execution;
import dev.hasten.protocol.ApiError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection in somebody's hands, until it is closed. Errors of PostgreSQL come out as {@link ApiError}. Used by one
 * thread at a time.
 */
public final class Lease implements AutoCloseable {
    private final ConnectionPool pool;
    private final Connection connection;
    private final PostgresSession session;
    private Execution execution = Execution.AUTOCOMMIT;
    private @Nullable String begin;
    private boolean closed;
    private boolean sent;

    Lease(ConnectionPool pool, Connection connection, PostgresSession session) {
        this.pool = pool;
        this.connection = connection;
        this.session = session;
    }

    /**
     * Runs a statement.
     *
     * @param parameters null, String or byte[] each
     * @throws ApiError of PostgreSQL, P2029 for more parameters than the protocol carries
     * @throws CancelledException when the request must stop
     */
    public StatementResult run(
            SqlText sql, List<? extends @Nullable Object> parameters, Origin origin, Cancellation cancellation) {
        if (parameters.size() > PostgresSession.MAX_PARAMETERS) {
            throw ApiError.of(
                    400,
                    "P2029",
                    "Query parameter limit exceeded error: %d parameters, but PostgreSQL allows %d in one statement"
                            .formatted(parameters.size(), PostgresSession.MAX_PARAMETERS));
        }
        try {
            StatementResult result = session.run(sql, parameters, execution, begin, cancellation);
            sent = true;
            return result;
        } catch (SQLException e) {
            sent = true;
            throw DatabaseErrors.of(e, origin);
        } catch (CancelledException e) {
            sent |= !session.isIdle();
            pool.cancelled(e.reason());
            throw e;
        }
    }

    /**
     * Statements from now on belong to a transaction that can be repeated from its start; BEGIN is sent with the first.
     *
     * @param isolationLevel as SQL says it, null for the database's default
     */
    public void beginRepeatable(@Nullable String isolationLevel) {
        execution = Execution.REPEATABLE_TRANSACTION;
        begin = begin(isolationLevel);
    }

    private static @Nullable String begin(@Nullable String isolationLevel) {
        return isolationLevel == null ? null : "BEGIN ISOLATION LEVEL " + isolationLevel;
    }

    /** Statements from now on run on their own; what is still open is rolled back. */
    public void endRepeatable() {
        rollback();
        execution = Execution.AUTOCOMMIT;
        begin = null;
    }

    /**
     * Whether the transaction failed the way it does when a prepared statement is older than the schema, so that it is
     * worth repeating. Asking forgets the prepared statements.
     */
    public boolean shouldRepeat() {
        return session.takeStalePlanSuspicion() && !session.isLost();
    }

    /**
     * Makes the lease an interactive transaction: BEGIN is sent with its first statement.
     *
     * @param isolationLevel as SQL says it, null for the database's default
     */
    public void beginTransaction(@Nullable String isolationLevel) {
        execution = Execution.CLIENT_TRANSACTION;
        begin = begin(isolationLevel);
    }

    /** Whether a statement of the open transaction failed, so that it can only be rolled back. */
    public boolean isFailed() {
        return session.isFailed();
    }

    /** Rolls back what is open; a connection on which that fails is not used again. */
    public void rollback() {
        if (session.isIdle() || session.isLost()) {
            return;
        }
        try {
            session.abandonTransaction();
        } catch (SQLException e) {
            // The pool sees that the session is not idle, and replaces the connection.
        }
    }

    /** Runs a statement that has neither parameters nor a result, such as SAVEPOINT, inside the transaction. */
    public void command(String sql, Cancellation cancellation) {
        try {
            session.command(sql, cancellation);
        } catch (SQLException e) {
            throw DatabaseErrors.of(e, Origin.COMPILED);
        }
    }

    /** Sends BEGIN if that has not happened, for a command that needs an open transaction. */
    public void ensureBegun(Cancellation cancellation) {
        if (session.isIdle()) {
            command(begin == null ? "BEGIN" : begin, cancellation);
        }
    }

    /** Whether PostgreSQL was sent any statement; one that was refused or cancelled before does not count. */
    public boolean hasSent() {
        return sent;
    }

    /** Whether no transaction is open in PostgreSQL. */
    public boolean isIdle() {
        return session.isIdle();
    }

    /** Whether the last statement ended a transaction without its effects. */
    public boolean endedByRollback() {
        return session.endedByRollback();
    }

    /** Whether the connection is of no further use. */
    public boolean isLost() {
        return session.isLost();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.release(connection, session);
        }
    }
}
