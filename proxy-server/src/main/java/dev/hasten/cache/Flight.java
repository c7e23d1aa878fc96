package dev.hasten.cache;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A query that is under way for all who ask the same meanwhile. It belongs to none of them: it goes on when one goes
 * away, the first one included, and is cancelled when the last one does. A refresh belongs to the cache and goes on
 * without anybody.
 */
final class Flight implements AutoCloseable {
    /** As of before the query began. */
    final long generation;

    /** {@link System#nanoTime}; time limits are of real time. */
    final long departed = System.nanoTime();

    final CacheStrategy strategy;
    /** See {@link Entry#defaultStrategy}. */
    final CacheStrategy defaultStrategy;
    /** Reaches the query, and holds its memory: it may outlive the request that began it. */
    final Cancellation cancellation;

    private final boolean refresh;
    private final CountDownLatch ended = new CountDownLatch(1);
    // Written before the latch opens.
    private @Nullable CachedBody body;
    private @Nullable RuntimeException failure;
    // Guarded by this.
    private int participants;
    private boolean abandoned;
    private boolean over;
    private @Nullable Watch watch;

    private Flight(
            long generation,
            CacheStrategy strategy,
            CacheStrategy defaultStrategy,
            Reservation memory,
            boolean refresh) {
        this.cancellation = new Cancellation(memory);
        this.generation = generation;
        this.strategy = strategy;
        this.defaultStrategy = defaultStrategy;
        this.refresh = refresh;
        this.participants = refresh ? 0 : 1;
    }

    /** A flight with one participant, the one who makes it. */
    static Flight forMiss(long generation, CacheStrategy strategy, CacheStrategy defaultStrategy, Reservation memory) {
        return new Flight(generation, strategy, defaultStrategy, memory, false);
    }

    static Flight forRefresh(
            long generation, CacheStrategy strategy, CacheStrategy defaultStrategy, Reservation memory) {
        return new Flight(generation, strategy, defaultStrategy, memory, true);
    }

    /** One participant more; false when it is being cancelled, because all had left or its time is up. */
    synchronized boolean join() {
        if (abandoned || cancellation.reason() != null) {
            return false;
        }
        participants++;
        return true;
    }

    /** One participant less; the last one's reason stops the query. */
    void leave(Cancellation.Reason reason) {
        synchronized (this) {
            participants--;
            if (participants > 0 || refresh) {
                return;
            }
            abandoned = true;
        }
        cancellation.cancel(reason);
    }

    /** Whether nobody waits for it any more: somebody else may be reading the same anew. */
    synchronized boolean isAbandoned() {
        return abandoned;
    }

    /** Takes a watch that is to end with the flight. */
    synchronized void watch(Watch more) {
        if (over) {
            more.close();
        } else {
            watch = more;
        }
    }

    /** The query has ended: nobody need watch it any more, and it holds no memory; called by the thread that ran it. */
    @Override
    public synchronized void close() {
        cancellation.memory().close();
        over = true;
        if (watch != null) {
            watch.close();
        }
    }

    /** @param result null when the query was not needed */
    void land(@Nullable CachedBody result) {
        body = result;
        ended.countDown();
    }

    void crash(RuntimeException reason) {
        failure = reason;
        ended.countDown();
    }

    /**
     * Waits for the result, as a participant who did not make the flight.
     *
     * @param own of the participant's request
     * @return null when the query was not needed, or its time was up, which began before the participant's: look again
     * @throws CancelledException when the participant must stop, or the query had to
     * @throws RuntimeException with which the query failed
     */
    @Nullable
    CachedBody await(Cancellation own) {
        try {
            own.interruptible(() -> {
                ended.await();
                return true;
            });
        } catch (CancelledException e) {
            leave(e.reason());
            throw e;
        } catch (InterruptedException e) {
            leave(Cancellation.Reason.DISCONNECT);
            throw new IllegalStateException(e);
        }
        if (failure == null) {
            return body;
        }
        if (failure instanceof CancelledException cancelled && cancelled.reason() == Cancellation.Reason.TIMEOUT) {
            return null;
        }
        throw failure;
    }
}
