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
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.transaction.InteractiveTransaction.Status;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The interactive transactions of one database. Fewer may be open than the pool has connections, so that other queries
 * always get one. Closed transactions are remembered for a while, so that late calls learn what happened.
 */
public final class TransactionRegistry implements AutoCloseable {
    private static final int REMEMBERED = 1000;

    private static final Set<String> ISOLATION_LEVELS =
            Set.of("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

    private final ConnectionPool pool;
    private final Limits limits;
    private final Watchdog watchdog;
    private final Semaphore permits;
    private final Map<String, InteractiveTransaction> open = new ConcurrentHashMap<>();
    private final Map<String, InteractiveTransaction> closed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, InteractiveTransaction> eldest) {
            return size() > REMEMBERED;
        }
    };
    private volatile boolean closing;

    /**
     * Limits of a database's transactions.
     *
     * @param open how many may be open at the same time, 1 or more
     * @param timeout longest time that one may stay open; longer wishes are cut to it, as the official executor does
     * @param defaultTimeout for clients that say none
     * @param defaultWait how long a start waits for clients that say nothing
     */
    public record Limits(int open, Duration timeout, Duration defaultTimeout, Duration defaultWait) {}

    /**
     * What a client asks for.
     *
     * @param timeout how long the transaction may stay open, null for the default
     * @param maxWait how long the start may wait for a connection, null for the default
     * @param isolationLevel as SQL says it, null for the database's default
     * @param access what its statements may do
     * @param owner only requests of this owner can use the transaction; for others it does not exist
     */
    public record StartOptions(
            @Nullable Duration timeout,
            @Nullable Duration maxWait,
            @Nullable String isolationLevel,
            Access access,
            String owner) {}

    public TransactionRegistry(ConnectionPool pool, Limits limits, Watchdog watchdog) {
        this.pool = pool;
        this.limits = limits;
        this.watchdog = watchdog;
        this.permits = new Semaphore(limits.open(), true);
    }

    /**
     * Opens a transaction and returns its id. BEGIN travels with its first statement.
     *
     * @throws ApiError P2028 when no connection became free in time or the isolation level is none of PostgreSQL's
     */
    public String start(StartOptions options, Cancellation cancellation) {
        String isolationLevel = options.isolationLevel();
        if (isolationLevel != null && !ISOLATION_LEVELS.contains(isolationLevel)) {
            throw TransactionErrors.invalidIsolationLevel(isolationLevel);
        }
        if (closing) {
            throw ApiError.unavailable("The server is stopping", Duration.ofSeconds(1));
        }
        Duration wait = options.maxWait() == null ? limits.defaultWait() : options.maxWait();
        long deadline = System.nanoTime() + wait.toNanos();
        acquirePermit(wait, cancellation);
        boolean started = false;
        try {
            Lease lease = lease(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())), cancellation);
            lease.limitTo(options.access());
            lease.beginTransaction(TransactionMode.of(isolationLevel));
            String id = UUID.randomUUID().toString();
            open(id, options.owner(), lease, timeout(options));
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

    private void open(String id, String owner, Lease lease, Duration timeout) {
        TimeLimit expiry = new TimeLimit();
        InteractiveTransaction transaction = new InteractiveTransaction(id, owner, lease, timeout.toMillis(), () -> {
            expiry.cancel();
            forget(id);
            permits.release();
        });
        // Known before it can expire: whatever closes it finds it here.
        open.put(id, transaction);
        expiry.set(watchdog.after(
                timeout,
                () -> Thread.ofVirtual()
                        .name("hasten-transaction-expiry")
                        .start(() -> transaction.end(Status.TIMED_OUT))));
        if (closing) {
            transaction.end(Status.ROLLED_BACK);
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
                closed.put(id, transaction);
            }
            open.remove(id);
        }
    }

    private InteractiveTransaction find(String id, String owner, String operation) {
        InteractiveTransaction transaction = find(id, owner);
        transaction.requireOpen(operation);
        return transaction;
    }

    /** Knowing its id is not enough to use a transaction: it must belong to the same key with the same scopes. */
    private InteractiveTransaction find(String id, String owner) {
        InteractiveTransaction transaction = open.get(id);
        if (transaction == null) {
            synchronized (closed) {
                transaction = closed.get(id);
            }
        }
        if (transaction == null || !transaction.owner().equals(owner)) {
            throw TransactionErrors.notFound();
        }
        return transaction;
    }

    /**
     * Opens a nested transaction in an open one: a savepoint.
     *
     * @throws ApiError P2028 when the transaction is unknown or closed
     */
    public void startNested(String id, String owner, Cancellation cancellation) {
        InteractiveTransaction transaction = find(id, owner, "start");
        transaction.operate("start", cancellation, () -> {
            transaction.savepoint(cancellation);
            return id;
        });
    }

    /**
     * Runs work whose statements belong to the transaction. Nobody else uses the transaction meanwhile.
     *
     * @throws ApiError P2028 when the transaction is unknown or closed, or expires meanwhile
     */
    public <T> T query(
            String id, String owner, Cancellation cancellation, java.util.function.Function<Statements, T> work) {
        InteractiveTransaction transaction = find(id, owner, "query");
        return transaction.operate(
                "query", cancellation, () -> work.apply(new TransactionStatements(transaction, cancellation)));
    }

    /** Commits the innermost nested transaction, or the transaction. */
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
     * Commits the transaction; says nothing if that has happened already. Clients before Prisma 7 send a commit again when
     * its answer got lost on the way.
     */
    public void commitOnce(String id, String owner, Cancellation cancellation, StatementObserver observer) {
        InteractiveTransaction transaction = find(id, owner);
        if (transaction.status() == Status.COMMITTED) {
            return;
        }
        try {
            commit(id, owner, cancellation, observer);
        } catch (ApiError e) {
            // Both may have been on their way at the same time.
            if (transaction.status() != Status.COMMITTED) {
                throw e;
            }
        }
    }

    /**
     * Rolls back the innermost nested transaction, or the transaction. One that PostgreSQL has rolled back because its
     * connection broke is what the client wants it to be: the error that it knows of must not be hidden by another one.
     */
    public void rollback(String id, String owner, Cancellation cancellation, StatementObserver observer) {
        InteractiveTransaction transaction = find(id, owner);
        if (transaction.status() == Status.LOST) {
            return;
        }
        transaction.requireOpen("rollback");
        observer.span(
                "rollback_transaction",
                () -> transaction.operate("rollback", cancellation, () -> {
                    transaction.rollback(cancellation, observer);
                    return id;
                }));
    }

    /** How many transactions are open. */
    public int openCount() {
        return open.size();
    }

    /** Ages of the open transactions in milliseconds by id, for operators. */
    public Map<String, Long> openAges() {
        Map<String, Long> ages = new LinkedHashMap<>();
        open.forEach((id, transaction) -> ages.put(id, transaction.ageMillis()));
        return ages;
    }

    /** Rolls back what is open; nothing new is opened. */
    @Override
    public void close() {
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
        public <T> T inTransaction(Supplier<T> work) {
            return work.get();
        }
    }
}
