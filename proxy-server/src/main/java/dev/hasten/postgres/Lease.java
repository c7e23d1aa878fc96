package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.postgres.PostgresSession.Execution;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParameterLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a connection until the lease is closed. Used by one thread at a time.
 */
public final class Lease implements AutoCloseable {
    private final ConnectionPool pool;
    private final Connection connection;
    private final PostgresSession session;
    private Execution execution = Execution.AUTOCOMMIT;
    private Access access = Access.READ_WRITE;
    private @Nullable String begin;
    private boolean closed;
    /** Shorter parameters are covered by the minimum that is counted for every request. */
    private static final long UNCOUNTED_BYTES = 8 << 10;

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
     * @throws DatabaseException if the statement is refused, or PostgreSQL reports an error
     * @throws ApiError P2029 for more parameters than the protocol carries
     * @throws CancelledException when the request must stop
     */
    public StatementResult run(
            ParsedStatement sql,
            List<? extends @Nullable Object> parameters,
            StatementPolicy policy,
            Cancellation cancellation) {
        if (parameters.size() > ParameterLimit.PARAMETERS) {
            throw ParameterLimit.exceeded(Integer.toString(parameters.size()));
        }
        refuse(sql, policy);
        requireParameters(sql, parameters.size(), policy);
        takeMemory(parameters, cancellation);
        boolean single = policy == StatementPolicy.CLIENT_STATEMENT || access == Access.READ_ONLY;
        try {
            StatementResult result = session.run(sql, parameters, execution, begin, single, cancellation);
            sent = true;
            requireTransaction();
            return result;
        } catch (SQLException e) {
            sent = true;
            throw DatabaseErrors.of(e);
        } catch (IndexOutOfBoundsException e) {
            // Thrown by the driver if PostgreSQL describes more parameters than the request supplies.
            sent = true;
            throw missingParameters("the request supplies the wrong number of parameters for this statement");
        } catch (CancelledException e) {
            sent |= !session.isIdle();
            pool.cancelled(e.reason());
            throw e;
        }
    }

    /** Counts the copies of long parameters that the driver makes to send them. */
    private static void takeMemory(List<? extends @Nullable Object> parameters, Cancellation cancellation) {
        long bytes = 0;
        for (Object parameter : parameters) {
            bytes += switch (parameter) {
                case String text -> 2L * text.length();
                case byte[] binary -> binary.length;
                case null, default -> 0;
            };
        }
        if (bytes > UNCOUNTED_BYTES) {
            cancellation.memory().take(MemoryUse.REQUESTS, bytes);
        }
    }

    /** Checked here because the driver fails, and loses the connection, if PostgreSQL expects more parameters. */
    private static void requireParameters(ParsedStatement sql, int given, StatementPolicy policy) {
        if (policy != StatementPolicy.TRUSTED && sql.command().isEmpty() && !sql.procedural() && given > 0) {
            throw missingParameters(
                    "bind message supplies %d parameters, but prepared statement \"\" requires 0".formatted(given));
        }
        if (policy != StatementPolicy.TRUSTED
                && !sql.severalStatements()
                // In other statements, such as PREPARE, parameters can belong to the statement that they define.
                && SqlWords.PARAMETERIZED_STATEMENTS.contains(sql.command())
                && given < sql.parameterCount()
                && (given > 0 || policy == StatementPolicy.CLIENT_STATEMENT)) {
            throw missingParameters("bind message supplies %d parameters, but prepared statement \"\" requires %d"
                    .formatted(given, sql.parameterCount()));
        }
    }

    private static DatabaseException missingParameters(String message) {
        return DatabaseErrors.refused("08P01", message);
    }

    /** What must not even be tried, because the transaction would not survive it, or not keep it from writing. */
    private void refuse(ParsedStatement sql, StatementPolicy policy) {
        if (execution == Execution.REPEATABLE_TRANSACTION && sql.endsTransaction()) {
            throw DatabaseErrors.refused(
                    "2D000",
                    "cannot execute %s here: the statements of this request are one transaction"
                            .formatted(sql.command().toUpperCase(Locale.ROOT)));
        }
        if (sql.setsForeignFormat()) {
            throw DatabaseErrors.refused(
                    "0A000",
                    "client_encoding must be UTF8 and DateStyle must be ISO, because Hasten converts values for the client");
        }
        if (policy == StatementPolicy.CLIENT_STATEMENT && sql.command().equals("copy")) {
            throw DatabaseErrors.refused("0A000", "COPY is not possible here: its data has a protocol of its own");
        }
        if (access == Access.READ_ONLY && sql.writesAnyway()) {
            throw DatabaseErrors.refused(
                    "25006",
                    "cannot execute this statement with a read-only API key: "
                            + (sql.command().equals("explain")
                                    ? "EXPLAIN is only allowed for queries without INTO, and for INSERT, UPDATE, DELETE and MERGE"
                                    : "it writes large objects or files"));
        }
        if (policy != StatementPolicy.TRUSTED && sql.sql().indexOf('\0') >= 0) {
            throw DatabaseErrors.refused("22021", "invalid byte sequence for encoding \"UTF8\": 0x00");
        }
        if (access == Access.READ_ONLY
                && !sql.command().isEmpty()
                && !SqlWords.READ_ONLY_STATEMENTS.contains(sql.command())) {
            throw DatabaseErrors.refused(
                    "25006",
                    "cannot execute %s in a read-only transaction"
                            .formatted(sql.command().toUpperCase(Locale.ROOT)));
        }
    }

    /** Whatever the statement looked like, PostgreSQL reports whether the transaction is still open. */
    private void requireTransaction() {
        if (execution == Execution.REPEATABLE_TRANSACTION && session.isIdle()) {
            throw DatabaseErrors.refused("2D000", "a statement has ended the transaction that it ran in");
        }
    }

    /** Limits what statements from now on may do; those of READ_ONLY must run in transactions. */
    public void limitTo(Access allowed) {
        access = allowed;
    }

    /** Statements from now on belong to a transaction that can be repeated from its start; BEGIN is sent with the first. */
    public void beginRepeatable(TransactionMode mode) {
        execution = Execution.REPEATABLE_TRANSACTION;
        begin = begin(mode);
    }

    private @Nullable String begin(TransactionMode mode) {
        return (access == Access.READ_ONLY ? mode.forReads() : mode).begin();
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

    /** Makes the lease an interactive transaction: BEGIN is sent with its first statement. */
    public void beginTransaction(TransactionMode mode) {
        execution = Execution.CLIENT_TRANSACTION;
        begin = begin(mode);
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
            throw DatabaseErrors.of(e);
        }
    }

    /**
     * Commits the open transaction. A read-only one is rolled back instead: it has nothing to commit, and PostgreSQL lets even
     * read-only transactions write some things.
     */
    public void commit(Cancellation cancellation) {
        if (!isIdle()) {
            command(access == Access.READ_ONLY ? "ROLLBACK" : "COMMIT", cancellation);
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
