package dev.hasten.deadline;

import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.Reservation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether and why work must stop, and the memory that the work holds. There is one per request; everything that waits,
 * computes or runs a statement for the request gets it as an argument.
 */
public final class Cancellation {

    /** Why a request must stop. */
    public enum Reason {
        /** The request exceeded its time limit. */
        TIMEOUT,
        /** The client disconnected. */
        DISCONNECT,
        /** An operator has cancelled the request. */
        OPERATOR,
        /** The server is stopping and its drain time is over. */
        SHUTDOWN,
        /** The result of a statement takes more memory than its database allows. */
        RESULT_TOO_LARGE,
        /** The interactive transaction of the statement exceeded its time limit. */
        TRANSACTION_EXPIRED
    }

    /**
     * Longer intervals between two checkpoints are reduced to this, because most of the time was probably
     * spent waiting.
     */
    private static final long MAX_STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final Reservation memory;
    private volatile @Nullable Reason reason;
    private @Nullable Runnable running;
    /** When {@link #letOthersRun} was last called. Used by the working thread only, like the next field. */
    private long checkpointNanos = System.nanoTime();

    private long computedNanos;

    /** For work without a memory limit. */
    public Cancellation() {
        this(MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, ""));
    }

    /** @param memory the memory that the work takes from; the caller closes it */
    public Cancellation(Reservation memory) {
        this.memory = memory;
    }

    /** The memory that the work holds. Used only by the thread that does the work. */
    public Reservation memory() {
        return memory;
    }

    /**
     * Called by computations, at least every 200 microseconds if possible: longer intervals make their time
     * slices longer.
     *
     * @throws CancelledException if the work must stop
     */
    public void checkpoint() throws CancelledException {
        Reason why = reason;
        if (why != null) {
            throw new CancelledException(why);
        }
        letOthersRun();
    }

    /** Waits for the next time slice if this one is used up; called by the working thread. */
    public void letOthersRun() {
        long now = System.nanoTime();
        computedNanos += Math.min(now - checkpointNanos, MAX_STEP_NANOS);
        checkpointNanos = now;
        if (computedNanos >= ComputeSlices.SLICE_NANOS && Thread.currentThread().isVirtual()) {
            computedNanos = 0;
            long wait = ComputeSlices.PROCESS.plan(now);
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
    }

    /**
     * Cancels the work. If it is already cancelled, the first reason is kept. The interrupt runs under the lock, so it
     * cannot affect what the thread does after the operation that it was meant for.
     */
    public synchronized void cancel(Reason why) {
        if (reason == null) {
            reason = why;
            if (running != null) {
                running.run();
            }
        }
    }

    /** Why the work must stop; null as long as it may continue. */
    public @Nullable Reason reason() {
        return reason;
    }

    /**
     * Begins an operation that can be interrupted.
     *
     * @param interrupt makes the operation end early; must not block
     * @throws CancelledException if the work is already cancelled
     */
    public synchronized void begin(Runnable interrupt) throws CancelledException {
        if (reason != null) {
            throw new CancelledException(reason);
        }
        running = interrupt;
    }

    /** Ends the operation; its interrupt is not called after this returns. */
    public synchronized void end() {
        running = null;
    }

    /**
     * A wait, or another call that ends early if its thread is interrupted.
     *
     * @param <E> the exception that it may throw
     */
    @FunctionalInterface
    public interface Wait<T, E extends Exception> {
        T run() throws InterruptedException, E;
    }

    /**
     * Waits on the current thread until the wait is over or the work is cancelled.
     *
     * @throws CancelledException if the work is cancelled
     * @throws InterruptedException if the thread was interrupted for another reason; its interrupt flag is then clear
     */
    public <T, E extends Exception> T interruptible(Wait<T, E> wait) throws InterruptedException, E {
        begin(Thread.currentThread()::interrupt);
        try {
            return wait.run();
        } catch (InterruptedException e) {
            Reason why = reason;
            if (why != null) {
                throw new CancelledException(why);
            }
            throw e;
        } finally {
            end();
            // An interrupt that arrived after the wait was over must not affect what this thread does next.
            Thread.interrupted();
        }
    }
}
