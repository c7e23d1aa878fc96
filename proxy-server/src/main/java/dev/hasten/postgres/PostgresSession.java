package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.ParsedStatement.SessionEffect;
import dev.hasten.postgres.StatementCache.Prepared;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Field;
import org.postgresql.core.ParameterList;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.TransactionState;
import org.postgresql.core.Tuple;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

/**
 * A connection to PostgreSQL that runs {@code $n} SQL as it is, through pgjdbc's core API: no rewriting of placeholders,
 * parameters without a declared type, values as text both ways.
 *
 * <p>It is a pgjdbc connection so that the pool can look after it; statements go around JDBC. Used by one thread at a
 * time, except for {@link #interrupt()}.
 */
public final class PostgresSession extends PgConnection {
    private static final int UNSPECIFIED_TYPE = 0;
    private static final int FLAGS = QueryExecutor.QUERY_NO_BINARY_TRANSFER | QueryExecutor.QUERY_BOTH_ROWS_AND_STATUS;

    /** What the driver says of a statement that was empty; PostgreSQL has no tag for it. */
    private static final String EMPTY = "EMPTY";

    /** SQLSTATE "object not in prerequisite state"; no reason to try the statement again. */
    private static final String FOREIGN_ENCODING = "55000";

    /** Also drops the prepared statements; the driver notices and prepares them again when they are needed. */
    private static final String RESET = "DISCARD ALL";

    /** How long cleaning up may take before the connection is cut. */
    private static final Duration CLEANUP_LIMIT = Duration.ofSeconds(5);

    /** Types whose input is cut without an error: a value must not go through one that its column has left. */
    private static final Set<Integer> CUTTING_TYPES = Set.of(
            18, // "char"
            19, // name
            700, // float4
            790, // money
            1042, // char(n)
            1082, // date
            1083, // time
            1266, // timetz
            1560); // bit

    private final QueryExecutor executor;
    private final StatementCache statements;
    private final ResultMeter meter;
    private final long resultBytes;
    private final Watchdog watchdog;
    private final Runnable onInvalid;
    private SessionEffect effect = SessionEffect.NONE;
    private boolean lost;
    private boolean stalePlanSuspected;
    private boolean endedByRollback;
    /** Set by the thread that cancels. */
    private volatile @Nullable StatementInterrupt interrupt;

    private PostgresSession(
            HostSpec[] hosts, Properties properties, String url, ResultMeter meter, SessionOptions options)
            throws SQLException {
        super(hosts, properties, url);
        this.executor = getQueryExecutor();
        this.statements = new StatementCache(executor, options.preparedStatements());
        this.meter = meter;
        this.resultBytes = options.resultBytes();
        this.watchdog = options.watchdog();
        this.onInvalid = options.onInvalid();
    }

    /** Called by HikariCP before it lends a connection that was idle for half a second or longer. */
    @Override
    public boolean isValid(int timeoutSeconds) throws SQLException {
        boolean valid = super.isValid(timeoutSeconds);
        // The interrupt of a request that must stop closes the socket, which says nothing about the network.
        if (!valid && !Thread.currentThread().isInterrupted()) {
            onInvalid.run();
        }
        return valid;
    }

    /**
     * What all sessions of a pool have in common.
     *
     * @param preparedStatements how many statements a session keeps prepared, 0 for none
     * @param resultBytes bytes of heap that the result of one statement may occupy
     * @param watchdog ends clean-ups that take too long
     * @param onInvalid called when validation of an idle session fails
     */
    public record SessionOptions(int preparedStatements, long resultBytes, Watchdog watchdog, Runnable onInvalid) {}

    static PostgresSession open(HostSpec[] hosts, Properties properties, String url, SessionOptions options)
            throws SQLException {
        ResultMeter meter = new ResultMeter(System::nanoTime);
        DatabaseSocket.Factory.opening(meter);
        try {
            return new PostgresSession(hosts, properties, url, meter, options);
        } finally {
            DatabaseSocket.Factory.opened();
        }
    }

    /** How a statement runs. */
    enum Execution {
        /** On its own; a failure that an outdated plan may have caused is healed by one retry. */
        AUTOCOMMIT(true, QueryExecutor.QUERY_SUPPRESS_BEGIN),
        /** In a transaction that can be repeated as a whole; BEGIN travels with the first statement. */
        REPEATABLE_TRANSACTION(true, 0),
        /**
         * In a transaction that cannot be repeated: statements are not kept prepared, because an outdated plan would fail
         * the transaction where a direct connection would not.
         */
        CLIENT_TRANSACTION(false, 0);

        private final boolean prepared;
        private final int flags;

        Execution(boolean prepared, int flags) {
            this.prepared = prepared;
            this.flags = flags;
        }
    }

    /**
     * Runs a statement and returns when all of its result is here.
     *
     * @param parameters null, String or byte[] each
     * @param begin the BEGIN to send with the first statement of a transaction, null for the plain one
     * @param single whether the text must be one statement; several are PostgreSQL's error 42601 then
     * @throws SQLException of PostgreSQL or of the connection
     * @throws CancelledException when the request must stop; the statement has ended then
     */
    StatementResult run(
            ParsedStatement text,
            List<? extends @Nullable Object> parameters,
            Execution execution,
            @Nullable String begin,
            boolean single,
            Cancellation cancellation)
            throws SQLException {
        effect = effect.and(text.effect());
        if (meter.hasForeignEncoding()) {
            throw new SQLException(
                    "client_encoding was changed in this transaction; only UTF-8 is possible here, so nothing but"
                            + " ROLLBACK or COMMIT can follow",
                    FOREIGN_ENCODING);
        }
        String sql = text.sql();
        int count = parameters.size();
        if (!single && count == 0 && (text.severalStatements() || text.hasParameters())) {
            if (begin != null && isIdle()) {
                command(begin, cancellation);
            }
            return runSimple(text, execution, cancellation);
        }
        if (begin != null && executor.getTransactionState() == TransactionState.IDLE) {
            return execute(
                    statements.queryAfterBegin(begin, sql, count),
                    null,
                    parameters,
                    QueryExecutor.QUERY_SUPPRESS_BEGIN,
                    cancellation);
        }
        Prepared prepared = execution.prepared ? statements.get(sql, count) : null;
        if (prepared == null) {
            return execute(statements.query(sql, count), null, parameters, execution.flags, cancellation);
        }
        boolean planMayBeOutdated = prepared.markUsed();
        try {
            return execute(prepared.query(), prepared, parameters, execution.flags, cancellation);
        } catch (SQLException e) {
            if (!planMayBeOutdated || text.procedural() || !mayComeFromOutdatedPlan(e)) {
                throw e;
            }
            statements.forget(sql);
            if (execution != Execution.AUTOCOMMIT) {
                stalePlanSuspected = true;
                throw e;
            }
            return execute(statements.query(sql, count), null, parameters, execution.flags, cancellation);
        }
    }

    /**
     * A plan can outlive a migration in three ways: its result type changed (0A000), the statement is gone (26000), or
     * the types of its parameters, fixed when it was prepared, do not fit the new columns (classes 22 and 42; not when they
     * come from inside a function). A failed statement outside a transaction has had no effect, unless it is a CALL or DO,
     * so trying once more with a new plan is safe.
     */
    private static boolean mayComeFromOutdatedPlan(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        return state.startsWith("0A")
                || state.startsWith("26")
                || ((state.startsWith("42") || state.startsWith("22")) && !DatabaseErrors.comesFromFunction(error));
    }

    /**
     * What the extended protocol cannot run without parameters goes as a simple query, as node-postgres does: several
     * statements in one text, and text that mentions parameters, about which the simple protocol has the better error.
     * Of several statements no count is reported.
     */
    private StatementResult runSimple(ParsedStatement text, Execution execution, Cancellation cancellation)
            throws SQLException {
        Collector collector = new Collector(null);
        guarded(
                statements.query(text.sql(), 0),
                null,
                collector,
                FLAGS | execution.flags | QueryExecutor.QUERY_EXECUTE_AS_SIMPLE,
                cancellation);
        return collector.result(text.severalStatements() ? 0 : collector.count);
    }

    /** Whether something has arrived that no statement waits for, such as word that the server ends the connection. */
    boolean hasPendingInput() {
        return meter.hasPendingInput();
    }

    private StatementResult execute(
            Query query,
            @Nullable Prepared prepared,
            List<? extends @Nullable Object> parameters,
            int transactionFlags,
            Cancellation cancellation)
            throws SQLException {
        Collector collector = new Collector(prepared);
        int flags = FLAGS | transactionFlags | (prepared == null ? QueryExecutor.QUERY_ONESHOT : 0);
        ParameterList bound = bind(query, parameters);
        guarded(query, bound, collector, flags, cancellation);
        if (prepared != null && !prepared.isChecked()) {
            prepared.check();
            for (int type : bound.getTypeOIDs()) {
                if (CUTTING_TYPES.contains(type)) {
                    statements.refuse(query.getNativeSql());
                    break;
                }
            }
        }
        return collector.result(collector.count);
    }

    private static ParameterList bind(Query query, List<? extends @Nullable Object> parameters) throws SQLException {
        ParameterList list = query.createParameterList();
        for (int i = 0; i < parameters.size(); i++) {
            switch (parameters.get(i)) {
                case null -> list.setNull(i + 1, UNSPECIFIED_TYPE);
                case byte[] bytes -> list.setBinaryParameter(i + 1, bytes, UNSPECIFIED_TYPE);
                case Object text -> list.setStringParameter(i + 1, text.toString(), UNSPECIFIED_TYPE);
            }
        }
        return list;
    }

    private void guarded(
            Query query, @Nullable ParameterList parameters, Collector collector, int flags, Cancellation cancellation)
            throws SQLException {
        guarded(query, parameters, collector, flags, cancellation, this::interrupt);
    }

    /** @param onCancel makes the statement end, without blocking */
    private void guarded(
            Query query,
            @Nullable ParameterList parameters,
            Collector collector,
            int flags,
            Cancellation cancellation,
            Runnable onCancel)
            throws SQLException {
        // Event loops and the timer are of this class; one that waited would hold up everybody.
        assert !(Thread.currentThread() instanceof FastThreadLocalThread) : "this thread must not block";
        cancellation.begin(onCancel);
        // Anything but a result or an error of the driver, such as an OutOfMemoryError, leaves the protocol out of
        // step.
        boolean inStep = false;
        try {
            meter.start(resultBytes, cancellation, this::awaitCancelRequest);
            executor.execute(query, parameters, collector, 0, 0, flags);
            inStep = true;
        } catch (SQLException e) {
            inStep = true;
            RuntimeException stop = meter.stopped();
            if (stop != null) {
                lost = true;
                throw stop;
            }
            lost |= DatabaseErrors.isConnectionLost(e);
            StatementInterrupt started = interrupt;
            if (started != null && started.isServerSilent()) {
                HostSpec server = executor.getHostSpec();
                throw DatabaseErrors.unreachable(server.getHost(), server.getPort());
            }
            Cancellation.Reason reason = cancellation.reason();
            if (reason != null && (lost || "57014".equals(e.getSQLState()))) {
                throw new CancelledException(reason);
            }
            throw e;
        } finally {
            lost |= !inStep;
            collector.heapBytes = meter.end();
            if (meter.hasChangedSettings()) {
                // A function may have changed them, which the text of the statement does not show.
                effect = effect.and(SessionEffect.RESET);
            }
            cancellation.end();
            settleInterrupt();
            // A function may have called LISTEN. The driver would keep all notifications, for nobody.
            executor.getNotifications();
        }
        if (cancellation.reason() == Cancellation.Reason.RESULT_TOO_LARGE) {
            throw new CancelledException(Cancellation.Reason.RESULT_TOO_LARGE);
        }
        if (meter.hasForeignEncoding() && !collector.rows.areAscii()) {
            throw new SQLException(
                    "the statement was executed, but it changed client_encoding, so its result cannot be read; only UTF-8"
                            + " is possible here",
                    FOREIGN_ENCODING);
        }
    }

    /** COMMIT, ROLLBACK, SAVEPOINT and the like. */
    void command(String sql, Cancellation cancellation) throws SQLException {
        guarded(
                statements.query(sql, 0),
                null,
                new Collector(null),
                FLAGS | QueryExecutor.QUERY_SUPPRESS_BEGIN | QueryExecutor.QUERY_ONESHOT,
                cancellation);
    }

    /** Whether no transaction is open. */
    boolean isIdle() {
        return executor.getTransactionState() == TransactionState.IDLE;
    }

    /** Whether the last statement was a ROLLBACK. */
    boolean endedByRollback() {
        return endedByRollback;
    }

    /** Whether a transaction is open that has failed and can only be rolled back. */
    boolean isFailed() {
        return executor.getTransactionState() == TransactionState.FAILED;
    }

    /** Whether a statement of a transaction failed as outdated plans do, since this was asked the last time. */
    boolean takeStalePlanSuspicion() {
        boolean suspected = stalePlanSuspected;
        stalePlanSuspected = false;
        if (suspected) {
            statements.forgetAll();
        }
        return suspected;
    }

    /** Whether the connection is of no further use. */
    boolean isLost() {
        return lost;
    }

    /** What statements may have left behind since the last reset. */
    SessionEffect effect() {
        return effect;
    }

    /**
     * ROLLBACK, or undoing what statements may have left behind in the session. Does not wait for ever: a connection on
     * which it takes too long is cut.
     */
    private void cleanUp(String sql, int flags) throws SQLException {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.after(CLEANUP_LIMIT, () -> cancellation.cancel(Cancellation.Reason.TIMEOUT))) {
            guarded(
                    statements.query(sql, 0),
                    null,
                    new Collector(null),
                    FLAGS | QueryExecutor.QUERY_SUPPRESS_BEGIN | flags,
                    cancellation,
                    this::cut);
        } catch (CancelledException e) {
            throw new SQLException("%s took longer than %d s".formatted(sql, CLEANUP_LIMIT.toSeconds()), "08006", e);
        }
    }

    /** Ends an open transaction without its effects. */
    void abandonTransaction() throws SQLException {
        cleanUp("ROLLBACK", QueryExecutor.QUERY_ONESHOT);
    }

    /** Undoes what statements may have left behind in the session. */
    void reset() throws SQLException {
        cleanUp(RESET, QueryExecutor.QUERY_EXECUTE_AS_SIMPLE);
        effect = SessionEffect.NONE;
    }

    /** Closes the connection; called while a clean-up is running, never blocks. */
    private void cut() {
        // Closing an encrypted connection sends a message, which can block.
        Thread.ofVirtual().name("hasten-cut").start(executor::abort);
    }

    /** Makes the running statement end; called while one is running, never blocks. */
    private void interrupt() {
        interrupt = StatementInterrupt.start(this);
    }

    /** Waits until the cancel request that is under way was sent; on the thread that reads. */
    private void awaitCancelRequest() {
        StatementInterrupt started = interrupt;
        if (started != null) {
            started.awaitRequest();
        }
    }

    /**
     * After a cancel request was sent, the connection must not run anything else before the request has had its effect:
     * PostgreSQL may deliver it late, to the next statement.
     */
    private void settleInterrupt() {
        StatementInterrupt started = interrupt;
        if (started == null) {
            return;
        }
        interrupt = null;
        started.end();
        for (int i = 0; i < 2 && !lost; i++) {
            try {
                cleanUp("", QueryExecutor.QUERY_EXECUTE_AS_SIMPLE);
                return;
            } catch (SQLException e) {
                lost |= !"57014".equals(e.getSQLState());
            }
        }
        lost = true;
    }

    /** Takes a statement's result. */
    private final class Collector extends ResultHandlerBase {
        private final @Nullable Prepared prepared;
        private @Nullable Columns columns;
        private Rows rows = Rows.NONE;
        private long count;
        private String tag = "";
        private long heapBytes;

        Collector(@Nullable Prepared prepared) {
            this.prepared = prepared;
        }

        StatementResult result(long rowCount) {
            return new StatementResult(columns, rows, rowCount, tag, heapBytes);
        }

        @Override
        public void handleResultRows(Query query, Field[] fields, List<Tuple> tuples, @Nullable ResultCursor cursor) {
            columns = prepared == null ? Columns.of(fields) : prepared.columns(fields);
            rows = new Rows(tuples);
        }

        @Override
        public void handleWarning(SQLWarning warning) {
            // Notices are for people at a terminal; no client of ours can see them.
        }

        @Override
        public void handleCommandStatus(String status, long updateCount, long insertOid) {
            count = updateCount;
            tag = status.equals(EMPTY) ? "" : status;
            endedByRollback = status.equals("ROLLBACK");
        }
    }
}
