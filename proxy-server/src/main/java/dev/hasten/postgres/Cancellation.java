package dev.hasten.postgres;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Whether and why a request must stop. One per request; it reaches the statement that runs for the request, wherever
 * that is, or the wait for a connection.
 */
public final class Cancellation {

    /** Why a request must stop. */
    public enum Reason {
        /** The request is older than the query limit of its database. */
        TIMEOUT,
        /** The client went away. */
        DISCONNECT,
        /** The server stops and its drain time is over. */
        SHUTDOWN,
        /** A statement returned more bytes than its database allows. */
        RESULT_TOO_LARGE,
        /** The interactive transaction that the statement belongs to is over its time. */
        TRANSACTION_EXPIRED
    }

    private @Nullable Reason reason;
    private @Nullable Runnable running;

    /**
     * Stops the request; the first reason stays. The interrupt runs under the lock, so that it can never hit what comes
     * after the thing that it was meant for.
     */
    public synchronized void cancel(Reason why) {
        if (reason == null) {
            reason = why;
            if (running != null) {
                running.run();
            }
        }
    }

    /** Why the request must stop, null as long as it may go on. */
    public synchronized @Nullable Reason reason() {
        return reason;
    }

    /**
     * Says that something interruptible begins.
     *
     * @param interrupt makes it end early; must not block
     * @throws CancelledException when the request must stop already
     */
    public synchronized void begin(Runnable interrupt) throws CancelledException {
        if (reason != null) {
            throw new CancelledException(reason);
        }
        running = interrupt;
    }

    /** Says that it ended; after this returns, its interrupt is not called any more. */
    public synchronized void end() {
        running = null;
    }

    /** Something that waits. */
    @FunctionalInterface
    public interface Wait<T> {
        T run() throws InterruptedException, SQLException;
    }

    /**
     * Waits on the current thread, until the request must stop.
     *
     * @throws CancelledException when the request must stop
     * @throws InterruptedException when somebody else interrupted the thread; its interrupt flag is clear then
     */
    public <T> T interruptible(Wait<T> wait) throws InterruptedException, SQLException {
        begin(Thread.currentThread()::interrupt);
        boolean interrupted = false;
        try {
            return wait.run();
        } catch (InterruptedException | SQLException e) {
            // HikariCP reports an interrupt as an SQLException.
            interrupted = Thread.interrupted() || e instanceof InterruptedException;
            if (!interrupted) {
                throw e;
            }
        } finally {
            end();
            // An interrupt that came too late must not hit what this thread does next.
            Thread.interrupted();
        }
        Reason why = reason();
        if (why != null) {
            throw new CancelledException(why);
        }
        throw new InterruptedException();
    }
}
