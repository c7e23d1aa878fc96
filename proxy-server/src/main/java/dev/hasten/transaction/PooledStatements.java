package dev.hasten.transaction;

import dev.hasten.deadline.Cancellation;
import dev.hasten.plan.StatementObserver;
import dev.hasten.plan.Statements;
import dev.hasten.postgres.Access;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.protocol.ApiError;
import dev.hasten.writes.StatementEffect;
import dev.hasten.writes.TransactionWrites;
import dev.hasten.writes.WriteTracking;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the statements of one request on one connection of the pool, which is leased for the first statement. */
public final class PooledStatements implements Statements, AutoCloseable {
    private final ConnectionPool pool;
    private final Access access;
    private final Cancellation cancellation;
    private final StatementObserver observer;
    private final WriteTracking writes;
    private @Nullable Lease lease;
    /** The open transaction; null if there is none. */
    private @Nullable TransactionWrites transaction;

    /**
     * @param access what the statements may do; with {@code READ_ONLY}, a statement outside of a transaction gets one
     *     of its own
     * @param writes is told what the statements write
     */
    public PooledStatements(
            ConnectionPool pool,
            Access access,
            Cancellation cancellation,
            StatementObserver observer,
            WriteTracking writes) {
        this.pool = pool;
        this.access = access;
        this.cancellation = cancellation;
        this.observer = observer;
        this.writes = writes;
    }

    private Lease lease() {
        Lease held = lease;
        if (held == null) {
            held = Waits.observed(observer, () -> pool.lease(cancellation));
            held.limitTo(access);
            lease = held;
        }
        return held;
    }

    @Override
    public void awaitConnection() {
        lease();
    }

    @Override
    public int backendProcess() {
        Lease held = lease;
        return held == null ? 0 : held.backendProcess();
    }

    @Override
    public StatementResult run(
            ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy) {
        Lease held = lease();
        TransactionWrites open = transaction;
        if (open != null) {
            return open.tracked(sql, held, () -> held.run(sql, parameters, policy, cancellation));
        }
        if (access == Access.READ_WRITE) {
            StatementEffect effect = writes.effectOf(sql, held, cancellation);
            if (!effect.needsTransaction()) {
                return writes.tracked(effect, held, () -> held.run(sql, parameters, policy, cancellation));
            }
        }
        // Clients see no events of this transaction, because they did not ask for it.
        return inTransaction(TransactionMode.DEFAULT, () -> run(sql, parameters, policy), StatementObserver.NONE);
    }

    /**
     * Runs the work in a transaction. If that fails because a prepared statement is older than the schema, the
     * transaction is rolled back and the work is run once more.
     */
    @Override
    public <T> T inTransaction(Supplier<T> work) {
        return inTransaction(TransactionMode.DEFAULT, work);
    }

    /** Like {@link #inTransaction(Supplier)}, in a transaction of this mode. */
    public <T> T inTransaction(TransactionMode mode, Supplier<T> work) {
        return inTransaction(mode, work, observer);
    }

    private <T> T inTransaction(TransactionMode mode, Supplier<T> work, StatementObserver events) {
        if (transaction != null) {
            return work.get();
        }
        Lease held = lease();
        try {
            return attempt(held, mode, work, events);
        } catch (ApiError | DatabaseException e) {
            if (!held.shouldRepeat()) {
                throw e;
            }
            return attempt(held, mode, work, events);
        }
    }

    /**
     * Runs a statement in a transaction of its own and passes its rows on in portions.
     *
     * @param portions receives each portion; the tag of all but the last one is empty. The transaction is committed
     *     afterwards.
     */
    public void stream(
            TransactionMode mode,
            ParsedStatement sql,
            List<? extends @Nullable Object> parameters,
            Consumer<StatementResult> portions) {
        Lease held = lease();
        held.beginRepeatable(mode);
        TransactionWrites open = begun();
        try {
            open.tracked(sql, held, () -> {
                held.stream(sql, parameters, portions, cancellation);
                return sql;
            });
            open.commit(held, cancellation);
        } finally {
            transaction = null;
            held.endRepeatable();
        }
    }

    private <T> T attempt(Lease held, TransactionMode mode, Supplier<T> work, StatementObserver events) {
        events.span("start_transaction", () -> {
            held.beginRepeatable(mode);
            events.begun(mode);
        });
        TransactionWrites open = begun();
        boolean committed = false;
        try {
            T result = work.get();
            events.span("commit_transaction", () -> events.command("COMMIT", () -> open.commit(held, cancellation)));
            committed = true;
            return result;
        } finally {
            transaction = null;
            if (committed) {
                held.endRepeatable();
            } else {
                events.span("rollback_transaction", () -> events.command("ROLLBACK", held::endRepeatable));
            }
        }
    }

    private TransactionWrites begun() {
        TransactionWrites open = writes.transaction(access);
        transaction = open;
        return open;
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
