package dev.hasten.transaction;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.plan.StatementObserver;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.transaction.TransactionState.Status;
import dev.hasten.writes.TransactionWrites;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a client keeps open over several requests: a lease on one connection, with a time limit.
 * Operations run one after the other, in the order in which they arrived. A closed transaction stays closed and
 * remembers how it ended.
 */
final class InteractiveTransaction {
    private final String owner;
    private final Lease lease;
    private final long timeoutMillis;
    private final long startedNanos = System.nanoTime();
    private final TransactionWrites writes;
    private final Runnable onClose;

    /** Fair, so that the calls of a client that does not wait for responses run in order. */
    private final ReentrantLock operations = new ReentrantLock(true);

    private final Deque<String> savepoints = new ArrayDeque<>();
    private int savepointCounter;
    private volatile Status status = Status.OPEN;
    private volatile @Nullable Cancellation running;
    /** Runs if the transaction times out before its first operation; null if nothing is to run. */
    private volatile @Nullable Runnable unusedAction;

    /**
     * {@link #end} sets this before it reads {@link #running}. An operation sets {@code running} before it reads this.
     * So either the operation sees that the transaction is ending, or {@code end} sees the operation and cancels it.
     */
    private volatile @Nullable Status ending;

    /**
     * @param owner the only owner that may use the transaction
     * @param timeoutMillis the time limit, from now on
     * @param writes is told what the statements write
     * @param onClose called once, when the lease has been closed
     */
    InteractiveTransaction(String owner, Lease lease, long timeoutMillis, TransactionWrites writes, Runnable onClose) {
        this.owner = owner;
        this.lease = lease;
        this.timeoutMillis = timeoutMillis;
        this.writes = writes;
        this.onClose = onClose;
    }

    Status status() {
        return status;
    }

    /** The process of PostgreSQL that serves the transaction. */
    int backendProcess() {
        return lease.backendProcess();
    }

    void whenUnused(Runnable action) {
        unusedAction = action;
    }

    /** Ends the transaction because its time limit is over. */
    void expire() {
        Runnable unused = unusedAction;
        end(Status.TIMED_OUT);
        if (unused != null) {
            unused.run();
        }
    }

    /** What operators see. */
    OpenTransaction described(String id) {
        // The scopes follow the id of the key.
        int space = owner.lastIndexOf(' ');
        String key = space < 0 ? owner : owner.substring(0, space);
        return new OpenTransaction(id, key, ageMillis(), timeoutMillis, running != null, backendProcess());
    }

    long ageMillis() {
        return state().ageMillis();
    }

    /** What is remembered when the transaction is closed. */
    TransactionState state() {
        return new TransactionState(owner, status, timeoutMillis, startedNanos);
    }

    /** Throws the error for this operation if the transaction is closed. */
    void requireOpen(String operation) {
        state().requireOpen(operation);
    }

    /**
     * Runs an operation when it is its turn.
     *
     * @throws ApiError P2028 if the transaction is closed, or expires in the meantime
     */
    <T> T operate(String operation, Cancellation cancellation, Supplier<T> work) {
        requireOpen(operation);
        unusedAction = null;
        try {
            cancellation.interruptible(() -> {
                operations.lockInterruptibly();
                return operations;
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        try {
            requireOpen(operation);
            running = cancellation;
            Status end = ending;
            if (end != null) {
                throw new CancelledException(reason(end));
            }
            return work.get();
        } catch (CancelledException e) {
            if (e.reason() == Cancellation.Reason.TRANSACTION_EXPIRED) {
                throw TransactionErrors.expired(operation, timeoutMillis, ageMillis());
            }
            throw e;
        } catch (DatabaseException e) {
            throw PrismaErrors.of(e, false);
        } finally {
            running = null;
            try {
                closeIfEnded();
            } finally {
                operations.unlock();
            }
        }
    }

    /** Closes the transaction if a broken connection, or raw SQL such as COMMIT, has ended it. */
    private void closeIfEnded() {
        if (status == Status.OPEN) {
            if (lease.isLost()) {
                writes.ended(lease);
                close(Status.LOST);
            } else if (lease.hasSent() && lease.isIdle()) {
                writes.ended(lease);
                close(lease.endedByRollback() ? Status.ROLLED_BACK : Status.COMMITTED);
            }
        }
    }

    StatementResult run(
            ParsedStatement sql,
            List<? extends @Nullable Object> parameters,
            StatementPolicy policy,
            Cancellation cancellation) {
        return writes.tracked(sql, lease, () -> lease.run(sql, parameters, policy, cancellation));
    }

    /** Starts a nested transaction, which is a savepoint. */
    void savepoint(Cancellation cancellation) {
        lease.ensureBegun(cancellation);
        String name = "prisma_sp_" + savepointCounter++;
        lease.command("SAVEPOINT " + name, cancellation);
        savepoints.push(name);
    }

    /** Commits the innermost nested transaction, or the transaction itself if there is none. */
    void commit(Cancellation cancellation, StatementObserver observer) {
        if (!savepoints.isEmpty()) {
            lease.command("RELEASE SAVEPOINT " + savepoints.pop(), cancellation);
            return;
        }
        if (lease.isFailed()) {
            // PostgreSQL would report success for COMMIT although it rolls back. Report the rollback instead.
            rollback(cancellation, observer);
            throw TransactionErrors.rolledBack("commit");
        }
        if (cancellation.reason() != null) {
            // COMMIT has not been sent, so the outcome is known.
            throw new CancelledException(cancellation.reason());
        }
        try {
            observer.command("COMMIT", () -> writes.commit(lease, cancellation));
            close(Status.COMMITTED);
        } catch (DatabaseException | CancelledException e) {
            // A check of deferred constraints can fail before COMMIT runs; the transaction is then still open.
            boolean rolledBack = lease.isFailed() || lease.isIdle();
            boolean unknown = lease.isLost() || !rolledBack || e instanceof CancelledException;
            close(unknown ? Status.UNKNOWN : Status.ROLLED_BACK);
            throw unknown ? TransactionErrors.unknownOutcome("commit") : e;
        }
    }

    /** Rolls back the innermost nested transaction, or the transaction itself if there is none. */
    void rollback(Cancellation cancellation, StatementObserver observer) {
        if (!savepoints.isEmpty()) {
            String name = savepoints.pop();
            lease.command("ROLLBACK TO SAVEPOINT " + name, cancellation);
            lease.command("RELEASE SAVEPOINT " + name, cancellation);
            return;
        }
        observer.command("ROLLBACK", lease::rollback);
        close(Status.ROLLED_BACK);
    }

    /** Ends the transaction because it has expired or the server is stopping. Cancels a running statement. */
    void end(Status how) {
        ending = how;
        Cancellation current = running;
        if (current != null) {
            current.cancel(reason(how));
        }
        operations.lock();
        try {
            if (status == Status.OPEN) {
                lease.rollback();
                close(how);
            }
        } finally {
            operations.unlock();
        }
    }

    private static Cancellation.Reason reason(Status how) {
        return switch (how) {
            case TIMED_OUT -> Cancellation.Reason.TRANSACTION_EXPIRED;
            case KILLED -> Cancellation.Reason.OPERATOR;
            case OPEN, COMMITTED, ROLLED_BACK, LOST, UNKNOWN -> Cancellation.Reason.SHUTDOWN;
        };
    }

    private void close(Status how) {
        if (status == Status.OPEN) {
            status = how;
            try {
                lease.close();
            } finally {
                onClose.run();
            }
        }
    }
}
