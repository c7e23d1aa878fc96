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
    private @Nullable Lease lease;
    private boolean inTransaction;

    /**
     * @param access what the statements may do; with {@code READ_ONLY}, a statement outside of a transaction gets one
     *     of its own
     */
    public PooledStatements(ConnectionPool pool, Access access, Cancellation cancellation, StatementObserver observer) {
        this.pool = pool;
        this.access = access;
        this.cancellation = cancellation;
        this.observer = observer;
    }

    private Lease lease() {
        Lease held = lease;
        if (held == null) {
            held = pool.lease(cancellation);
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
    public StatementResult run(
            ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy) {
        return access == Access.READ_WRITE || inTransaction
                ? lease().run(sql, parameters, policy, cancellation)
                : inTransaction(() -> lease().run(sql, parameters, policy, cancellation));
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
        if (inTransaction) {
            return work.get();
        }
        Lease held = lease();
        try {
            return attempt(held, mode, work);
        } catch (ApiError | DatabaseException e) {
            if (!held.shouldRepeat()) {
                throw e;
            }
            return attempt(held, mode, work);
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
        inTransaction = true;
        try {
            held.stream(sql, parameters, portions, cancellation);
            held.commit(cancellation);
        } finally {
            inTransaction = false;
            held.endRepeatable();
        }
    }

    private <T> T attempt(Lease held, TransactionMode mode, Supplier<T> work) {
        observer.span("start_transaction", () -> {
            held.beginRepeatable(mode);
            observer.begun(mode);
        });
        inTransaction = true;
        boolean committed = false;
        try {
            T result = work.get();
            observer.span("commit_transaction", () -> observer.command("COMMIT", () -> held.commit(cancellation)));
            committed = true;
            return result;
        } finally {
            inTransaction = false;
            if (committed) {
                held.endRepeatable();
            } else {
                observer.span("rollback_transaction", () -> observer.command("ROLLBACK", held::endRepeatable));
            }
        }
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
