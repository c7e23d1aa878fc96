package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.ParsedStatement.SessionEffect;
import dev.hasten.postgres.ParsedStatement.Trait;
import dev.hasten.postgres.StatementCache.Prepared;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.ParameterList;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

/**
 * A connection to PostgreSQL that runs SQL with {@code $n} parameters unchanged, through pgjdbc's core API.
 * Placeholders are not rewritten, and parameters have no declared type unless they are {@link TypedParameter}s. Values
 * are transferred as text, except for {@code byte[]} parameters.
 *
 * <p>It is a pgjdbc connection so that HikariCP can manage it, but statements bypass JDBC. Used by one thread at a
 * time, except for {@link #interrupt()}.
 */
public final class PostgresSession extends PgConnection {
    private static final int UNSPECIFIED_TYPE = 0;

    private static final int FLAGS = QueryExecutor.QUERY_NO_BINARY_TRANSFER | QueryExecutor.QUERY_BOTH_ROWS_AND_STATUS;

    /** SQLSTATE "object not in prerequisite state". It does not suggest a retry. */
    private static final String FOREIGN_ENCODING = "55000";

    /** Also deallocates the prepared statements. The driver notices and prepares them again when they are needed. */
    private static final String RESET = "DISCARD ALL";

    private static final ParsedStatement IDENTITY = ParsedStatement.of(
            "SELECT c.system_identifier || '/' || d.oid || CASE WHEN pg_catalog.pg_is_in_recovery() THEN '/standby' ELSE '' END FROM pg_catalog.pg_control_system() c, pg_catalog.pg_database d"
                    + " WHERE d.datname = pg_catalog.current_database()");

    /** How long a cleanup may take before the connection is closed. */
    private static final Duration CLEANUP_LIMIT = Duration.ofSeconds(5);

    private final QueryExecutor executor;
    private final StatementCache statements;
    private final TypeAttempts attempts = new TypeAttempts(this);
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

    /** Called by HikariCP before it hands out a connection that was idle for 500 ms or longer. */
    @Override
    public boolean isValid(int timeoutSeconds) throws SQLException {
        boolean valid = super.isValid(timeoutSeconds);
        // The interrupt of a cancelled request closes the socket. That does not mean that other connections are broken.
        if (!valid && !Thread.currentThread().isInterrupted()) {
            onInvalid.run();
        }
        return valid;
    }

    /**
     * The options of all sessions of a pool.
     *
     * @param preparedStatements how many statements a session keeps prepared, 0 for none
     * @param resultBytes bytes of heap that the result of one statement may occupy
     * @param watchdog ends cleanups that take too long
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

    /**
     * Identifies the database that the session is connected to, whatever its host and port are called: the system
     * identifier of the server, which its standbys share, the object identifier of the database, and whether it is a
     * standby. Empty if the role may not read the system identifier.
     */
    String databaseIdentity() throws SQLException {
        try {
            Rows rows = run(IDENTITY, List.of(), Execution.AUTOCOMMIT, null, true, new Cancellation())
                    .rows();
            return String.valueOf(rows.text(0, 0));
        } catch (SQLException e) {
            if (DatabaseErrors.isConnectionLost(e)) {
                throw e;
            }
            return "";
        }
    }

    /** How a statement runs. */
    enum Execution {
        /** Outside of a transaction. If a failure may be due to an outdated plan, the statement is retried once. */
        AUTOCOMMIT(true, QueryExecutor.QUERY_SUPPRESS_BEGIN),
        /** In a transaction that can be repeated as a whole. BEGIN is sent with the first statement. */
        REPEATABLE_TRANSACTION(true, 0),
        /**
         * In a transaction that cannot be repeated. Statements are not kept prepared, because an outdated plan would
         * make the transaction fail, which would not happen on a direct connection.
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
     * Runs a statement. Returns when its complete result has been read.
     *
     * @param given each is null, a String, a byte[] or a {@link TypedParameter}
     * @param begin the BEGIN to send with the first statement of a transaction; null for a plain BEGIN
     * @param single whether the text must be a single statement; PostgreSQL then rejects several with error 42601
     * @throws SQLException from PostgreSQL or the connection
     * @throws CancelledException if the request is cancelled; the statement has then ended
     */
    StatementResult run(
            ParsedStatement text,
            List<? extends @Nullable Object> given,
            Execution execution,
            @Nullable String begin,
            boolean single,
            Cancellation cancellation)
            throws SQLException {
        effect = effect.and(text.effect());
        requireUtf8();
        if (!single && given.isEmpty() && (text.is(Trait.SEVERAL_STATEMENTS) || text.hasParameters())) {
            if (begin != null && isIdle()) {
                command(begin, cancellation);
            }
            return runSimple(text, execution, cancellation);
        }
        List<? extends @Nullable Object> parameters =
                ParameterTypes.areUndecided(given) ? decided(text, given, cancellation) : given;
        return attempts.run(text, parameters, execution, begin, cancellation);
    }

    /** Runs a statement with the declared types of the parameters. */
    StatementResult attempt(
            ParsedStatement text,
            List<? extends @Nullable Object> parameters,
            Execution execution,
            @Nullable String begin,
            Cancellation cancellation)
            throws SQLException {
        String sql = text.sql();
        int count = parameters.size();
        if (begin != null && executor.getTransactionState() == TransactionState.IDLE) {
            return execute(
                    statements.queryAfterBegin(begin, sql, count),
                    null,
                    parameters,
                    QueryExecutor.QUERY_SUPPRESS_BEGIN,
                    cancellation);
        }
        String key = ParameterTypes.key(sql, parameters);
        Prepared prepared = execution.prepared ? statements.get(key, sql, count) : null;
        if (prepared == null) {
            return execute(statements.query(sql, count), null, parameters, execution.flags, cancellation);
        }
        boolean planMayBeOutdated = prepared.markUsed();
        try {
            return execute(prepared.query(), prepared, parameters, execution.flags, cancellation);
        } catch (SQLException e) {
            if (!planMayBeOutdated || text.is(Trait.PROCEDURAL) || !OutdatedPlans.mayCause(e)) {
                throw e;
            }
            statements.forget(key);
            if (execution != Execution.AUTOCOMMIT) {
                stalePlanSuspected = true;
                throw e;
            }
            return execute(statements.query(sql, count), null, parameters, execution.flags, cancellation);
        }
    }

    /** Forgets that a failed statement may have had an outdated plan, because it has been repeated without one. */
    void stalePlanIsHarmless() {
        stalePlanSuspected = false;
    }

    private void requireUtf8() throws SQLException {
        if (meter.hasForeignEncoding()) {
            throw new SQLException(
                    "client_encoding was changed in this transaction, but Hasten only supports UTF8: commit or roll"
                            + " back the transaction",
                    FOREIGN_ENCODING);
        }
    }

    /**
     * Runs a statement in the open transaction and passes its rows on in portions, so that only one portion is in memory
     * at a time. PostgreSQL produces the next portion when the consumer has returned.
     *
     * @param portions receives each portion; the tag of all but the last one is empty
     */
    void stream(
            ParsedStatement text,
            List<? extends @Nullable Object> parameters,
            Consumer<StatementResult> portions,
            Cancellation cancellation)
            throws SQLException {
        effect = effect.and(text.effect());
        requireUtf8();
        Query query = statements.query(text.sql(), parameters.size());
        ParameterList bound = bind(query, parameters);
        ResultCollector collector = new ResultCollector(null);
        PortionSize size = new PortionSize();
        int flags = FLAGS
                | QueryExecutor.QUERY_SUPPRESS_BEGIN
                | QueryExecutor.QUERY_ONESHOT
                | QueryExecutor.QUERY_FORWARD_CURSOR;
        RoundTrip next = () -> executor.execute(query, bound, collector, 0, size.rows(), flags);
        ResultCursor cursor = null;
        do {
            long heapBytes = guarded(next, collector, cancellation, this::interrupt);
            boolean fetched = cursor != null;
            cursor = collector.cursor();
            StatementResult portion = collector.result(collector.count(), heapBytes);
            portions.accept(fetched && cursor == null ? portion.withTag(MainCommand.of(text)) : portion);
            size.received(collector.rows().size(), heapBytes);
            ResultCursor rest = cursor;
            next = () -> executor.fetch(rest, collector, size.rows(), false);
        } while (cursor != null);
    }

    /** Decides which types to declare. This may cost a round trip, in which PostgreSQL infers the types. */
    private List<@Nullable Object> decided(
            ParsedStatement text, List<? extends @Nullable Object> parameters, Cancellation cancellation)
            throws SQLException {
        List<@Nullable Object> always = ParameterTypes.always(parameters);
        if (!ParameterTypes.mayDeclareFractions(text)) {
            return always;
        }
        Query query = statements.query(text.sql(), parameters.size());
        ParameterList bound = bind(query, always);
        guarded(
                query,
                bound,
                new ResultCollector(null),
                FLAGS
                        | QueryExecutor.QUERY_SUPPRESS_BEGIN
                        | QueryExecutor.QUERY_ONESHOT
                        | QueryExecutor.QUERY_DESCRIBE_ONLY,
                cancellation);
        return ParameterTypes.decided(parameters, bound.getTypeOIDs());
    }

    /**
     * Runs as a simple query what the extended protocol cannot run without parameters, as node-postgres does: several
     * statements in one text, and text that contains parameters, for which the simple protocol has the better error.
     * For several statements, no row count is reported.
     */
    private StatementResult runSimple(ParsedStatement text, Execution execution, Cancellation cancellation)
            throws SQLException {
        ResultCollector collector = new ResultCollector(null);
        long heapBytes = guarded(
                statements.query(text.sql(), 0),
                null,
                collector,
                FLAGS | execution.flags | QueryExecutor.QUERY_EXECUTE_AS_SIMPLE,
                cancellation);
        return collector.result(text.is(Trait.SEVERAL_STATEMENTS) ? 0 : collector.count(), heapBytes);
    }

    /**
     * Whether input has arrived that no statement waits for, such as a message that the server closes the connection.
     */
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
        ResultCollector collector = new ResultCollector(prepared);
        int flags = FLAGS | transactionFlags | (prepared == null ? QueryExecutor.QUERY_ONESHOT : 0);
        ParameterList bound = bind(query, parameters);
        long heapBytes = guarded(query, bound, collector, flags, cancellation);
        if (prepared != null && !prepared.isChecked()) {
            prepared.check();
            if (OutdatedPlans.mayChangeParameters(bound.getTypeOIDs())) {
                statements.refuse(prepared.key());
            }
        }
        return collector.result(collector.count(), heapBytes);
    }

    private static ParameterList bind(Query query, List<? extends @Nullable Object> parameters) throws SQLException {
        ParameterList list = query.createParameterList();
        for (int i = 0; i < parameters.size(); i++) {
            Object parameter = parameters.get(i);
            if (parameter instanceof TypedParameter typed) {
                bind(list, i + 1, typed.value(), typed.oid());
            } else {
                bind(list, i + 1, parameter, UNSPECIFIED_TYPE);
            }
        }
        return list;
    }

    private static void bind(ParameterList list, int index, @Nullable Object value, int oid) throws SQLException {
        switch (value) {
            case null -> list.setNull(index, oid);
            case byte[] bytes -> list.setBinaryParameter(index, bytes, oid);
            case Object text -> list.setStringParameter(index, text.toString(), oid);
        }
    }

    /** Sends a message to PostgreSQL and reads the response. */
    @FunctionalInterface
    private interface RoundTrip {
        void run() throws SQLException;
    }

    /** Returns the bytes of heap that the result occupies. */
    private long guarded(
            Query query,
            @Nullable ParameterList parameters,
            ResultCollector collector,
            int flags,
            Cancellation cancellation)
            throws SQLException {
        return guarded(
                () -> executor.execute(query, parameters, collector, 0, 0, flags),
                collector,
                cancellation,
                this::interrupt);
    }

    /**
     * Returns the bytes of heap that the result occupies.
     *
     * @param collector receives the result
     * @param onCancel ends the statement; must not block
     */
    private long guarded(RoundTrip roundTrip, ResultCollector collector, Cancellation cancellation, Runnable onCancel)
            throws SQLException {
        // Event loops and the timer run on threads of this class. Blocking one of them would delay all requests.
        assert !(Thread.currentThread() instanceof FastThreadLocalThread) : "this thread must not block";
        cancellation.begin(onCancel);
        // If execute() throws anything but an SQLException, such as an OutOfMemoryError, the protocol is out of sync.
        boolean inStep = false;
        long heapBytes;
        try {
            meter.start(resultBytes, cancellation, this::awaitCancelRequest);
            roundTrip.run();
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
            heapBytes = meter.end();
            endedByRollback = collector.endedByRollback(endedByRollback);
            if (isIdle()) {
                attempts.transactionEnded();
            }
            if (meter.hasChangedSettings()) {
                // A function may have changed settings, which the text of the statement does not show.
                effect = effect.and(SessionEffect.RESET);
            }
            cancellation.end();
            settleInterrupt();
            // A function may have called LISTEN. Without this call, the driver would accumulate the notifications.
            executor.getNotifications();
        }
        if (cancellation.reason() == Cancellation.Reason.RESULT_TOO_LARGE) {
            throw new CancelledException(Cancellation.Reason.RESULT_TOO_LARGE);
        }
        if (meter.hasForeignEncoding() && !collector.rows().areAscii()) {
            throw new SQLException(
                    "the statement was executed, but it changed client_encoding, so its result cannot be read: Hasten"
                            + " only supports UTF8",
                    FOREIGN_ENCODING);
        }
        return heapBytes;
    }

    /** Runs COMMIT, ROLLBACK, SAVEPOINT or a similar statement. */
    void command(String sql, Cancellation cancellation) throws SQLException {
        guarded(
                statements.query(sql, 0),
                null,
                new ResultCollector(null),
                FLAGS | QueryExecutor.QUERY_SUPPRESS_BEGIN | QueryExecutor.QUERY_ONESHOT,
                cancellation);
    }

    /** Commits the open transaction and returns what it has written. */
    WrittenRelations commitReporting(Cancellation cancellation) throws SQLException {
        ResultCollector collector = new ResultCollector(null);
        guarded(
                statements.query(WrittenRelations.COMMIT, 0),
                null,
                collector,
                FLAGS | QueryExecutor.QUERY_SUPPRESS_BEGIN | QueryExecutor.QUERY_EXECUTE_AS_SIMPLE,
                cancellation);
        return WrittenRelations.of(collector.rows());
    }

    /** Whether no transaction is open. */
    boolean isIdle() {
        return executor.getTransactionState() == TransactionState.IDLE;
    }

    /** Whether the command tag of the last statement was ROLLBACK. COMMIT of a failed transaction has this tag, too. */
    boolean endedByRollback() {
        return endedByRollback;
    }

    /** Whether a transaction is open that has failed and can only be rolled back. */
    boolean isFailed() {
        return executor.getTransactionState() == TransactionState.FAILED;
    }

    /**
     * Whether, since the last call, a statement in a transaction failed with an error that an outdated plan can cause.
     * If so, discards all prepared statements.
     */
    boolean takeStalePlanSuspicion() {
        boolean suspected = stalePlanSuspected;
        stalePlanSuspected = false;
        if (suspected) {
            statements.forgetAll();
        }
        return suspected;
    }

    /** Whether the connection can no longer be used. */
    boolean isLost() {
        return lost;
    }

    /** How statements may have changed the session since the last reset. */
    SessionEffect effect() {
        return effect;
    }

    /** Runs ROLLBACK or a reset of the session. Closes the connection if that takes too long. */
    private void cleanUp(String sql, int flags) throws SQLException {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.after(CLEANUP_LIMIT, () -> cancellation.cancel(Cancellation.Reason.TIMEOUT))) {
            Query query = statements.query(sql, 0);
            ResultCollector collector = new ResultCollector(null);
            guarded(
                    () -> executor.execute(
                            query, null, collector, 0, 0, FLAGS | QueryExecutor.QUERY_SUPPRESS_BEGIN | flags),
                    collector,
                    cancellation,
                    this::cut);
        } catch (CancelledException e) {
            throw cleanUpTimeout();
        }
        if (cancellation.reason() != null) {
            // The clean-up was completed at its time limit, so the connection is being closed.
            lost = true;
            throw cleanUpTimeout();
        }
    }

    private static SQLException cleanUpTimeout() {
        return new SQLException("cleaning up took longer than %d s".formatted(CLEANUP_LIMIT.toSeconds()), "08006");
    }

    /** Rolls back the open transaction. */
    void abandonTransaction() throws SQLException {
        cleanUp("ROLLBACK", QueryExecutor.QUERY_ONESHOT);
    }

    /** Undoes changes that statements may have made to the session. */
    void reset() throws SQLException {
        cleanUp(RESET, QueryExecutor.QUERY_EXECUTE_AS_SIMPLE);
        effect = SessionEffect.NONE;
    }

    /** Closes the connection. Called while a cleanup is running; never blocks. */
    private void cut() {
        // Closing an encrypted connection sends a message, which can block.
        Thread.ofVirtual().name("hasten-cut").start(executor::abort);
    }

    /** Cancels the running statement. Called while one is running; never blocks. */
    private void interrupt() {
        interrupt = StatementInterrupt.start(this);
    }

    /** Waits until the cancel request in progress has been sent. Called by the thread that reads. */
    private void awaitCancelRequest() {
        StatementInterrupt started = interrupt;
        if (started != null) {
            started.awaitRequest();
        }
    }

    /**
     * After a cancel request, waits for its effect before the connection runs anything else. PostgreSQL may deliver the
     * request late, to the next statement, so an empty statement is run to absorb it.
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
}
