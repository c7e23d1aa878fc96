package dev.hasten.transaction;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.plan.StatementObserver;
import dev.hasten.plan.Statements;
import dev.hasten.postgres.Access;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.transaction.TransactionState.Status;
import dev.hasten.writes.WriteTracking;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The interactive transactions of one database. Their number is limited, so that other queries can get a connection.
 * Closed transactions are remembered for a while, so that late calls get an error that states how the transaction ended.
 */
public final class TransactionRegistry implements AutoCloseable {
    private static final int REMEMBERED = 1000;

    private final ConnectionPool pool;
    private final Limits limits;
    private final Watchdog watchdog;
    private final WriteTracking writes;
    private final Semaphore permits;
    private final Map<String, InteractiveTransaction> open = new ConcurrentHashMap<>();
    private final Map<String, TransactionState> closed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TransactionState> eldest) {
            return size() > REMEMBERED;
        }
    };
    private volatile boolean refusing;
    private volatile boolean closing;

    /**
     * Limits of a database's transactions.
     *
     * @param open how many may be open at the same time, 1 or more
     * @param timeout the longest time that a transaction may stay open; longer requested timeouts are reduced to this
     *     value, as in the official executor
     * @param defaultTimeout the timeout if the client does not request one
     * @param defaultWait how long a start waits if the client does not specify it
     */
    public record Limits(int open, Duration timeout, Duration defaultTimeout, Duration defaultWait) {}

    /**
     * The options that a client requests.
     *
     * @param timeout how long the transaction may stay open, null for the default
     * @param maxWait how long the start may wait for a connection, null for the default
     * @param isolationLevel null for the database's default
     * @param access what its statements may do
     * @param owner only requests of this owner can use the transaction; for others it does not exist
     */
    public record StartOptions(
            @Nullable Duration timeout,
            @Nullable Duration maxWait,
            @Nullable IsolationLevel isolationLevel,
            Access access,
            String owner) {}

    /** @param writes is told what the transactions write */
    public TransactionRegistry(ConnectionPool pool, Limits limits, Watchdog watchdog, WriteTracking writes) {
        this.pool = pool;
        this.limits = limits;
        this.watchdog = watchdog;
        this.writes = writes;
        this.permits = new Semaphore(limits.open(), true);
    }

    /**
     * Opens a transaction and returns its id. BEGIN is sent with its first statement.
     *
     * @throws ApiError P2028 if no connection becomes available in time; P6008 if the server is stopping
     */
    public String start(StartOptions options, Cancellation cancellation, StatementObserver observer) {
        if (refusing) {
            throw ApiError.unavailable("The server is stopping; start the transaction again", Duration.ofSeconds(1));
        }
        Duration wait = options.maxWait() == null ? limits.defaultWait() : options.maxWait();
        long deadline = System.nanoTime() + wait.toNanos();
        Waits.observed(observer, () -> {
            acquirePermit(wait, cancellation);
            return permits;
        });
        boolean started = false;
        try {
            Lease lease = Waits.observed(
                    observer, () -> lease(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())), cancellation));
            lease.limitTo(options.access());
            lease.beginTransaction(TransactionMode.of(options.isolationLevel()));
            String id = UUID.randomUUID().toString();
            open(id, options, lease);
            started = true;
            return id;
        } finally {
            if (!started) {
                permits.release();
            }
        }
    }

    private void acquirePermit(Duration wait, Cancellation cancellation) {
        try {
            boolean acquired = (!permits.hasQueuedThreads() && permits.tryAcquire())
                    || cancellation.interruptible(() -> permits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS));
            if (!acquired) {
                throw TransactionErrors.startTimeout();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Lease lease(Duration wait, Cancellation cancellation) {
        try {
            return pool.lease(wait, cancellation);
        } catch (DatabaseException e) {
            throw e.failure() instanceof DatabaseFailure.PoolTimeout
                    ? TransactionErrors.startTimeout()
                    : PrismaErrors.of(e, false);
        }
    }

    private Duration timeout(StartOptions options) {
        Duration wanted = options.timeout() == null ? limits.defaultTimeout() : options.timeout();
        return wanted.compareTo(limits.timeout()) < 0 ? wanted : limits.timeout();
    }

    private void open(String id, StartOptions options, Lease lease) {
        Duration timeout = timeout(options);
        TimeLimit expiry = new TimeLimit();
        InteractiveTransaction transaction = new InteractiveTransaction(
                options.owner(), lease, timeout.toMillis(), writes.transaction(options.access()), () -> {
                    expiry.cancel();
                    forget(id);
                    permits.release();
                });
        // Registered before it can expire, so that closing it always finds it here.
        open.put(id, transaction);
        expiry.set(watchdog.after(
                timeout,
                () -> Thread.ofVirtual().name("hasten-transaction-expiry").start(transaction::expire)));
        if (closing) {
            transaction.end(Status.ROLLED_BACK);
        }
    }

    /** Sets an action to run if the transaction times out and no request has used it. */
    public void whenUnused(String id, Runnable action) {
        InteractiveTransaction transaction = open.get(id);
        if (transaction != null) {
            transaction.whenUnused(action);
        }
    }

    /** A time limit that may be cancelled before it is set. */
    private static final class TimeLimit {
        private @Nullable Watch limit;
        private boolean cancelled;

        synchronized void set(Watch started) {
            limit = started;
            if (cancelled) {
                started.close();
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (limit != null) {
                limit.close();
            }
        }
    }

    private void forget(String id) {
        InteractiveTransaction transaction = open.get(id);
        if (transaction != null) {
            synchronized (closed) {
                closed.put(id, transaction.state());
            }
            open.remove(id);
        }
    }

    private InteractiveTransaction find(String id, String owner, String operation) {
        InteractiveTransaction transaction = open.get(id);
        state(transaction, id, owner).requireOpen(operation);
        return Objects.requireNonNull(transaction);
    }

    /**
     * Returns the state of a transaction that is open or was closed recently. Its id is not enough to use it: the request
     * must have the same key with the same scopes.
     */
    private TransactionState state(@Nullable InteractiveTransaction found, String id, String owner) {
        TransactionState state = found == null ? closedState(id) : found.state();
        if (state == null || !state.owner().equals(owner)) {
            throw TransactionErrors.notFound();
        }
        return state;
    }

    private Status status(String id, String owner) {
        return state(open.get(id), id, owner).status();
    }

    private @Nullable TransactionState closedState(String id) {
        synchronized (closed) {
            return closed.get(id);
        }
    }

    /**
     * Starts a nested transaction, which is a savepoint, in an open transaction.
     *
     * @throws ApiError P2028 if the transaction is unknown or closed
     */
    public void startNested(String id, String owner, Cancellation cancellation) {
        InteractiveTransaction transaction = find(id, owner, "start");
        transaction.operate("start", cancellation, () -> {
            transaction.savepoint(cancellation);
            return id;
        });
    }

    /**
     * Runs work whose statements belong to the transaction. No other request uses the transaction in the meantime.
     *
     * @throws ApiError P2028 if the transaction is unknown or closed, or expires in the meantime
     */
    public <T> T query(String id, String owner, Cancellation cancellation, Function<Statements, T> work) {
        InteractiveTransaction transaction = find(id, owner, "query");
        return transaction.operate(
                "query", cancellation, () -> work.apply(new TransactionStatements(transaction, cancellation)));
    }

    /** Commits the innermost nested transaction, or the transaction itself if there is none. */
    public void commit(String id, String owner, Cancellation cancellation, StatementObserver observer) {
        InteractiveTransaction transaction = find(id, owner, "commit");
        observer.span(
                "commit_transaction",
                () -> transaction.operate("commit", cancellation, () -> {
                    transaction.commit(cancellation, observer);
                    return id;
                }));
    }

    /**
     * Commits the transaction. Does nothing if it is already committed: clients before Prisma 7 send a commit again if
     * its response was lost.
     */
    public void commitOnce(String id, String owner, Cancellation cancellation, StatementObserver observer) {
        if (status(id, owner) == Status.COMMITTED) {
            return;
        }
        try {
            commit(id, owner, cancellation, observer);
        } catch (ApiError e) {
            // The first commit and its repetition may have run at the same time.
            if (status(id, owner) != Status.COMMITTED) {
                throw e;
            }
        }
    }

    /**
     * Rolls back the innermost nested transaction, or the transaction itself if there is none. Does nothing if
     * PostgreSQL has already rolled back because the connection broke: the client has received that error, and another
     * one must not hide it.
     */
    public void rollback(String id, String owner, Cancellation cancellation, StatementObserver observer) {
        if (status(id, owner) == Status.LOST) {
            return;
        }
        InteractiveTransaction transaction = find(id, owner, "rollback");
        observer.span(
                "rollback_transaction",
                () -> transaction.operate("rollback", cancellation, () -> {
                    transaction.rollback(cancellation, observer);
                    return id;
                }));
    }

    /** Lets no more transactions start. Open ones can go on. */
    public void refuseNew() {
        refusing = true;
    }

    /** The number of open transactions. */
    public int openCount() {
        return open.size();
    }

    /** The open transactions, the oldest first, for operators. */
    public List<OpenTransaction> list() {
        return open.entrySet().stream()
                .map(entry -> entry.getValue().described(entry.getKey()))
                .sorted(Comparator.comparingLong(OpenTransaction::ageMs).reversed())
                .toList();
    }

    /**
     * Rolls back a transaction, cancelling the statement that it runs. May block.
     *
     * @return how the transaction has ended, such as {@code killed}, or {@code unknown} if it was committing; null if no open
     *     transaction has this id
     */
    public @Nullable String kill(String id) {
        InteractiveTransaction transaction = open.get(id);
        if (transaction == null) {
            return null;
        }
        transaction.end(Status.KILLED);
        return transaction.status().name().toLowerCase(Locale.ROOT);
    }

    /** Rolls back all open transactions. No new ones can be opened. */
    @Override
    public void close() {
        refuseNew();
        closing = true;
        List.copyOf(open.values()).forEach(transaction -> transaction.end(Status.ROLLED_BACK));
    }

    /** The statements of one request in a transaction. */
    private record TransactionStatements(InteractiveTransaction transaction, Cancellation cancellation)
            implements Statements {
        @Override
        public StatementResult run(
                ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy) {
            return transaction.run(sql, parameters, policy, cancellation);
        }

        @Override
        public int backendProcess() {
            return transaction.backendProcess();
        }

        @Override
        public <T> T inTransaction(Supplier<T> work) {
            return work.get();
        }
    }
}
