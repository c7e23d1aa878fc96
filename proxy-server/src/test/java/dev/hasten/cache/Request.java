package dev.hasten.cache;

import dev.hasten.cache.Stage.Actor;
import dev.hasten.deadline.Cancellation;
import dev.hasten.protocol.CacheStrategy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A request in a {@link CacheWorld} and its outcome. */
final class Request {
    final CacheKey key;
    final CacheStrategy strategy;
    /** The moment when it arrived. */
    final int came;

    final long cameNanos;
    final Cancellation own = new Cancellation();
    volatile @Nullable Actor actor;
    /** The moments when it may have asked for a result that was not stored. */
    private final List<Integer> asked = new CopyOnWriteArrayList<>();
    /** The moment when a refresh was scheduled for it; -1 if none was. */
    volatile int refreshedAt = -1;

    private volatile @Nullable End end;

    /** Either the response or the failure is null. */
    record End(@Nullable CachedResponse response, @Nullable RuntimeException failure, long nanos) {}

    Request(CacheKey key, CacheStrategy strategy, int came, long cameNanos) {
        this.key = key;
        this.strategy = strategy;
        this.came = came;
        this.cameNanos = cameNanos;
    }

    void asks(int moment) {
        asked.add(moment);
    }

    List<Integer> asked() {
        return asked;
    }

    void ends(@Nullable CachedResponse response, @Nullable RuntimeException failure, long nanos) {
        end = new End(response, failure, nanos);
    }

    boolean hasEnded() {
        return end != null;
    }

    End end() {
        End ended = end;
        if (ended == null) {
            throw new IllegalStateException("the request has not ended");
        }
        return ended;
    }

    boolean hasLeft() {
        return own.reason() != null;
    }

    boolean mayLeave() {
        return !hasEnded() && !hasLeft();
    }

    /** Returns whether it waits for the query of another request. */
    boolean isWaiting() {
        Actor waiting = actor;
        return !hasEnded() && waiting != null && !waiting.isAtGate() && waiting.isWaitingForAnother();
    }

    @Override
    public String toString() {
        return "request " + came + " for " + key.signature().a() + " with " + strategy;
    }
}
