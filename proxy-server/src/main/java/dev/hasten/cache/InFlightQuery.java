package dev.hasten.cache;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.insights.QueryShape;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A query that runs for all requests that want the same response. It belongs to none of them: it continues if one of
 * them stops, even the one that started it, and is cancelled when the last one stops. A refresh belongs to the cache
 * and runs without any request.
 */
final class InFlightQuery implements AutoCloseable {
    /** The generation when the query started. */
    final long generation;

    /** {@link System#nanoTime} when the query started. Time limits use this clock, not the cache's ticker. */
    final long startedNanos = System.nanoTime();

    final CacheStrategy strategy;
    /** What the query reads. */
    final RelationIds relations;
    /** See {@link CacheEntry#defaultStrategy}. */
    final CacheStrategy defaultStrategy;
    /** See {@link CacheEntry#modelSlot}. */
    final int modelSlot;
    /** See {@link CacheEntry#shape()}. */
    final @Nullable QueryShape shape;
    /** Cancels the query and holds its memory, because the query may outlive the request that started it. */
    final Cancellation cancellation;

    private final boolean refresh;
    private final CountDownLatch ended = new CountDownLatch(1);
    // Written before the latch opens.
    private @Nullable CachedBody body;
    private @Nullable RuntimeException failure;
    // Guarded by this.
    private int participants;
    private boolean abandoned;
    private boolean closed;
    private @Nullable Watch watch;

    private InFlightQuery(
            long generation,
            CacheStrategy strategy,
            RelationIds relations,
            CacheStrategy defaultStrategy,
            int modelSlot,
            @Nullable QueryShape shape,
            Reservation memory,
            boolean refresh) {
        this.cancellation = new Cancellation(memory);
        this.generation = generation;
        this.strategy = strategy;
        this.relations = relations;
        this.defaultStrategy = defaultStrategy;
        this.modelSlot = modelSlot;
        this.shape = shape;
        this.refresh = refresh;
        this.participants = refresh ? 0 : 1;
    }

    /** A query with one participant, the request that starts it. */
    static InFlightQuery forMiss(
            long generation,
            CacheStrategy strategy,
            RelationIds relations,
            CacheStrategy defaultStrategy,
            int modelSlot,
            @Nullable QueryShape shape,
            Reservation memory) {
        return new InFlightQuery(generation, strategy, relations, defaultStrategy, modelSlot, shape, memory, false);
    }

    static InFlightQuery forRefresh(
            long generation,
            CacheStrategy strategy,
            RelationIds relations,
            CacheStrategy defaultStrategy,
            int modelSlot,
            @Nullable QueryShape shape,
            Reservation memory) {
        return new InFlightQuery(generation, strategy, relations, defaultStrategy, modelSlot, shape, memory, true);
    }

    /** Adds a participant. Returns false if the query is being cancelled. */
    synchronized boolean join() {
        if (abandoned || cancellation.reason() != null) {
            return false;
        }
        participants++;
        return true;
    }

    /** Removes a participant; when the last one leaves, its reason cancels the query. */
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

    /** Whether all participants have left; another request may be running the same query by now. */
    synchronized boolean isAbandoned() {
        return abandoned;
    }

    /** Sets a time limit, which is removed when the query ends. */
    synchronized void watch(Watch limit) {
        if (closed) {
            limit.close();
        } else {
            watch = limit;
        }
    }

    /** Removes the time limit and gives back the memory. Called by the thread that ran the query. */
    @Override
    public synchronized void close() {
        cancellation.memory().close();
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }

    /** @param result null if the query was not needed */
    void complete(@Nullable CachedBody result) {
        body = result;
        ended.countDown();
    }

    void fail(RuntimeException reason) {
        failure = reason;
        ended.countDown();
    }

    /**
     * Waits until the query has ended, without using its result.
     *
     * @throws CancelledException if the caller must stop
     */
    void awaitEnd(Cancellation own) {
        try {
            own.interruptible(() -> {
                ended.await();
                return true;
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Waits for the result. Called by participants that did not start the query.
     *
     * @param own the cancellation of the participant's request
     * @return null if the query was not needed, or reached its time limit, which started before that of the
     *     participant; the participant must then look again
     * @throws CancelledException if the participant must stop, or the query was cancelled
     * @throws RuntimeException if the query failed
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
