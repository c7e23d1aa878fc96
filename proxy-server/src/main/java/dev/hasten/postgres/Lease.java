package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.postgres.ParsedStatement.Trait;
import dev.hasten.postgres.PostgresSession.Execution;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParameterLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The right to use a connection until the lease is closed. Used by one thread at a time. */
public final class Lease implements AutoCloseable {
    /** Parameters of fewer bytes in total are covered by the minimum that is reserved for every request. */
    private static final long UNCOUNTED_BYTES = 8 << 10;

    private final ConnectionPool pool;
    private final Connection connection;
    private final PostgresSession session;
    private final long startedNanos = System.nanoTime();
    private Execution execution = Execution.AUTOCOMMIT;
    private Access access = Access.READ_WRITE;
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
     * @param parameters each is null, a String, a byte[] or a {@link TypedParameter}
     * @throws DatabaseException if the statement is refused, or PostgreSQL reports an error
     * @throws ApiError P2029 if there are more parameters than the protocol allows
     * @throws CancelledException if the request is cancelled
     */
    public StatementResult run(
            ParsedStatement sql,
            List<? extends @Nullable Object> parameters,
            StatementPolicy policy,
            Cancellation cancellation) {
        prepare(sql, parameters, policy, cancellation);
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
            throw wrongParameters("the request supplies fewer parameters than the statement requires");
        } catch (CancelledException e) {
            sent |= !session.isIdle();
            pool.cancelled(e.reason());
            throw e;
        }
    }

    /**
     * Runs a statement in the open transaction and passes its rows on in portions. The memory of a portion is given back
     * when the next one is requested.
     *
     * @param portions receives each portion; the tag of all but the last one is empty
     * @throws DatabaseException if the statement is refused, or PostgreSQL reports an error
     * @throws CancelledException if the request is cancelled
     */
    public void stream(
            ParsedStatement sql,
            List<? extends @Nullable Object> parameters,
            Consumer<StatementResult> portions,
            Cancellation cancellation) {
        prepare(sql, parameters, StatementPolicy.CLIENT_STATEMENT, cancellation);
        ensureBegun(cancellation);
        try {
            sent = true;
            session.stream(
                    sql,
                    parameters,
                    portion -> {
                        portions.accept(portion);
                        cancellation.memory().give(MemoryUse.RESULTS, portion.heapBytes());
                    },
                    cancellation);
            requireTransaction();
        } catch (SQLException e) {
            throw DatabaseErrors.of(e);
        } catch (IndexOutOfBoundsException e) {
            throw wrongParameters("the request supplies fewer parameters than the statement requires");
        } catch (CancelledException e) {
            pool.cancelled(e.reason());
            throw e;
        }
    }

    /** Refuses a statement that must not be sent, and reserves memory for sending it. */
    private void prepare(
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
    }

    /** Reserves memory for the copies that the driver makes of long parameters to send them. */
    private static void takeMemory(List<? extends @Nullable Object> parameters, Cancellation cancellation) {
        long bytes = 0;
        for (Object parameter : parameters) {
            bytes += switch (parameter instanceof TypedParameter typed ? typed.value() : parameter) {
                case String text -> 2L * text.length();
                case byte[] binary -> binary.length;
                case null, default -> 0;
            };
        }
        if (bytes > UNCOUNTED_BYTES) {
            cancellation.memory().take(MemoryUse.REQUESTS, bytes);
        }
    }

    /**
     * Checks the number of parameters before sending. If PostgreSQL expects more, the driver fails and loses the
     * connection. If it expects fewer, its error is about their types, because the driver mentions all of them.
     */
    private static void requireParameters(ParsedStatement sql, int given, StatementPolicy policy) {
        if (policy == StatementPolicy.TRUSTED || sql.is(Trait.SEVERAL_STATEMENTS) || sql.parameterCount() < 0) {
            return;
        }
        // In other statements, such as PREPARE, parameters can belong to the statement that they define.
        boolean exact = SqlWords.PARAMETERIZED_STATEMENTS.contains(sql.command());
        boolean few =
                exact && given < sql.parameterCount() && (given > 0 || policy == StatementPolicy.CLIENT_STATEMENT);
        if (few || given > sql.parameterCount()) {
            throw wrongParameters("bind message supplies %d parameters, but prepared statement \"\" requires %d"
                    .formatted(given, sql.parameterCount()));
        }
    }

    private static DatabaseException wrongParameters(String message) {
        return DatabaseErrors.refused("08P01", message);
    }

    /**
     * Refuses statements that must not be sent: for example, statements that would end the transaction of the request,
     * or that could write despite a read-only API key.
     */
    private void refuse(ParsedStatement sql, StatementPolicy policy) {
        if (execution == Execution.REPEATABLE_TRANSACTION && sql.is(Trait.ENDS_TRANSACTION)) {
            throw DatabaseErrors.refused(
                    "2D000",
                    "cannot execute %s: all statements of this request run in one transaction; remove this statement"
                            .formatted(sql.command().toUpperCase(Locale.ROOT)));
        }
        if (sql.is(Trait.SETS_FOREIGN_FORMAT)) {
            throw DatabaseErrors.refused(
                    "0A000",
                    "client_encoding must be UTF8 and DateStyle must be ISO, because Hasten converts values for"
                            + " the client");
        }
        if (policy == StatementPolicy.CLIENT_STATEMENT && sql.command().equals("copy")) {
            throw DatabaseErrors.refused(
                    "0A000",
                    "COPY is not supported over HTTP: use INSERT or SELECT, or connect to PostgreSQL directly");
        }
        if (access == Access.READ_ONLY && sql.is(Trait.WRITES_ANYWAY)) {
            throw DatabaseErrors.refused(
                    "25006",
                    "cannot execute this statement with a read-only API key: "
                            + (sql.command().equals("explain")
                                    ? "EXPLAIN is only allowed for SELECT, WITH, VALUES and TABLE (without"
                                            + " INTO), and for INSERT, UPDATE, DELETE and MERGE"
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

    /**
     * Throws an error if PostgreSQL reports that no transaction is open: a statement may end the transaction although
     * its text does not show it.
     */
    private void requireTransaction() {
        if (execution == Execution.REPEATABLE_TRANSACTION && session.isIdle()) {
            throw DatabaseErrors.refused(
                    "2D000", "a statement ended the transaction of this request: remove COMMIT, ROLLBACK and the like");
        }
    }

    /** Limits what later statements may do. With {@code READ_ONLY}, they must run in transactions. */
    public void limitTo(Access allowed) {
        access = allowed;
    }

    /** Later statements run in a transaction that can be repeated from its start. BEGIN is sent with the first one. */
    public void beginRepeatable(TransactionMode mode) {
        execution = Execution.REPEATABLE_TRANSACTION;
        begin = begin(mode);
    }

    private @Nullable String begin(TransactionMode mode) {
        return (access == Access.READ_ONLY ? mode.forReads() : mode).begin();
    }

    /** Later statements run outside of a transaction. An open transaction is rolled back. */
    public void endRepeatable() {
        rollback();
        execution = Execution.AUTOCOMMIT;
        begin = null;
    }

    /**
     * Whether the transaction may have failed because a prepared statement is older than the schema, so that repeating
     * it may succeed. If so, this call discards the prepared statements.
     */
    public boolean shouldRepeat() {
        return session.takeStalePlanSuspicion() && !session.isLost();
    }

    /** Starts an interactive transaction. BEGIN is sent with its first statement. */
    public void beginTransaction(TransactionMode mode) {
        execution = Execution.CLIENT_TRANSACTION;
        begin = begin(mode);
    }

    /** Whether the open transaction has failed, so that it can only be rolled back. */
    public boolean isFailed() {
        return session.isFailed();
    }

    /**
     * Rolls back the open transaction, if there is one. The connection is not used again if it cannot be rolled back.
     */
    public void rollback() {
        if (session.isIdle() || session.isLost()) {
            return;
        }
        try {
            session.abandonTransaction();
        } catch (SQLException e) {
            // When the lease is closed, the pool tries again, and replaces the connection if that fails too.
        }
    }

    /** Runs a statement without parameters and without a result, such as SAVEPOINT, in the transaction. */
    public void command(String sql, Cancellation cancellation) {
        try {
            session.command(sql, cancellation);
        } catch (SQLException e) {
            throw DatabaseErrors.of(e);
        } catch (CancelledException e) {
            pool.cancelled(e.reason());
            throw e;
        }
    }

    /**
     * Commits the open transaction. Without write access it is rolled back instead: there is nothing to commit, and
     * PostgreSQL allows some writes even in read-only transactions.
     */
    public void commit(Cancellation cancellation) {
        if (!isIdle()) {
            command(access == Access.READ_WRITE ? "COMMIT" : "ROLLBACK", cancellation);
        }
    }

    /**
     * Commits the open transaction, like {@link #commit}, and returns what it has written: first, deferred constraints
     * are checked, because their triggers can write. Takes one round trip.
     *
     * @return the relations that the transaction has locked to write to them, and how long PostgreSQL took to list them
     */
    public WrittenRelations commitReporting(Cancellation cancellation) {
        try {
            return session.commitReporting(cancellation);
        } catch (SQLException e) {
            throw DatabaseErrors.of(e);
        } catch (CancelledException e) {
            pool.cancelled(e.reason());
            throw e;
        }
    }

    /**
     * Whether statements on this lease may have changed the session, so that a later statement can mean something else
     * than in a new session: another {@code search_path}, another role, a temporary table that hides a table.
     */
    public boolean mayHaveChangedSession() {
        return session.effect() != ParsedStatement.SessionEffect.NONE;
    }

    /** The process of PostgreSQL that serves the connection, as the server or a pooler has reported it. */
    public int backendProcess() {
        return session.getBackendPID();
    }

    /** Sends BEGIN if no transaction is open yet, for a command that needs one. */
    public void ensureBegun(Cancellation cancellation) {
        if (session.isIdle()) {
            command(begin == null ? "BEGIN" : begin, cancellation);
        }
    }

    /**
     * Whether any statement was sent to PostgreSQL. Ignores statements that were refused or cancelled before they
     * were sent.
     */
    public boolean hasSent() {
        return sent;
    }

    /** Whether no transaction is open in PostgreSQL. */
    public boolean isIdle() {
        return session.isIdle();
    }

    /** Whether the transaction was rolled back, if the last statement ended it. */
    public boolean endedByRollback() {
        return session.endedByRollback();
    }

    /** Whether the connection can no longer be used. */
    public boolean isLost() {
        return session.isLost();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.used(System.nanoTime() - startedNanos);
            pool.release(connection, session);
        }
    }
}
