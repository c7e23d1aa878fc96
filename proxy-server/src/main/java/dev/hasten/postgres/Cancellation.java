package dev.hasten.postgres;

import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.ParseMeter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether and why a piece of work must stop, and the memory that it holds. One per request; it reaches the statement that
 * runs for the request, wherever that is, the wait for a connection, and everything that computes.
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

    /** Bound while a thread runs a query plan, for code deep inside the plan. */
    public static final ScopedValue<Cancellation> CURRENT = ScopedValue.newInstance();

    /** If an interval between two checkpoints is longer than this, most of it was probably spent waiting. */
    private static final long MAX_STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final Reservation memory;
    private volatile @Nullable Reason reason;
    private @Nullable Runnable running;
    /** When {@link #letOthersRun} was last called. Used by the working thread only, like the next field. */
    private long checkpointNanos = System.nanoTime();

    private long computedNanos;

    /** For work whose memory is not limited. */
    public Cancellation() {
        this(MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, ""));
    }

    /** @param memory that the work takes from; closed by whoever opened it */
    public Cancellation(Reservation memory) {
        this.memory = memory;
    }

    /** The memory that the work holds; used by the thread that works. */
    public Reservation memory() {
        return memory;
    }

    /**
     * Called by code inside a query plan before it makes something whose size the plan determines. Does nothing outside of
     * plans.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException if there is no room for it
     * @throws CancelledException when the work must stop
     */
    public static void allocating(long bytes) throws CancelledException {
        if (CURRENT.isBound()) {
            Cancellation running = CURRENT.get();
            running.memory.take(MemoryUse.RESULTS, bytes);
            running.checkpoint();
        }
    }

    /**
     * Called by computations, at least every 200 microseconds if possible: longer intervals make their time slices longer.
     *
     * @throws CancelledException when the work must stop
     */
    public void checkpoint() throws CancelledException {
        Reason why = reason;
        if (why != null) {
            throw new CancelledException(why);
        }
        letOthersRun();
    }

    /** For the parsing of JSON: takes memory for what is parsed, and stops when the work must stop. */
    public ParseMeter parsing(MemoryUse use) {
        return new ParseMeter() {
            @Override
            public void values(int bytes) {
                memory.take(use, bytes);
                checkpoint();
            }

            @Override
            public void texts(int bytes) {
                memory.take(use, bytes);
            }
        };
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
    public @Nullable Reason reason() {
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

    /**
     * Something that waits.
     *
     * @param <E> how it fails
     */
    @FunctionalInterface
    public interface Wait<T, E extends Exception> {
        T run() throws InterruptedException, E;
    }

    /**
     * Waits on the current thread, until the request must stop.
     *
     * @throws CancelledException when the request must stop
     * @throws InterruptedException when somebody else interrupted the thread; its interrupt flag is clear then
     */
    public <T, E extends Exception> T interruptible(Wait<T, E> wait) throws InterruptedException, E {
        begin(Thread.currentThread()::interrupt);
        boolean interrupted = false;
        try {
            return wait.run();
        } catch (Exception e) {
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
