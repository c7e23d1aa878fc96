package dev.hasten.deadline;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Cancels work that exceeds its time limit, and all work when the server stops.
 *
 * <p>Based on a timer wheel: nearly every limit is removed before it is reached, and adding and removing one takes constant
 * time. Limits are reached up to {@value #TICK_MILLIS} milliseconds late.
 */
public final class Watchdog implements AutoCloseable {
    private static final int TICK_MILLIS = 5;
    private static final int WHEEL_SIZE = 4096;

    private final HashedWheelTimer timer = new HashedWheelTimer(
            new DefaultThreadFactory("hasten-timer", true), TICK_MILLIS, TimeUnit.MILLISECONDS, WHEEL_SIZE);
    private final Set<Cancellation> watched = ConcurrentHashMap.newKeySet();

    /** Cancels the work when {@code limit} is over, unless the watch is closed before. */
    public Watch watch(Cancellation work, Duration limit) {
        watched.add(work);
        Watch timeout = after(limit, () -> work.cancel(Cancellation.Reason.TIMEOUT));
        return () -> {
            timeout.close();
            watched.remove(work);
        };
    }

    /**
     * Runs an action when {@code limit} is over, unless the watch is closed before.
     *
     * @param action runs on the timer's thread, so it must not block
     */
    public Watch after(Duration limit, Runnable action) {
        try {
            Timeout timeout = timer.newTimeout(_ -> action.run(), limit.toNanos(), TimeUnit.NANOSECONDS);
            return timeout::cancel;
        } catch (IllegalStateException e) {
            // The timer was stopped with the server. Work that is still running must be able to clean up.
            return () -> {};
        }
    }

    /** A time limit that applies until it is closed. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Cancels everything that is watched. */
    public void cancelAll() {
        watched.forEach(work -> work.cancel(Cancellation.Reason.SHUTDOWN));
    }

    /** The number of cancellations that are watched. */
    public int watchedCount() {
        return watched.size();
    }

    /** Stops the timer. Time limits are no longer enforced. */
    @Override
    public void close() {
        timer.stop();
    }
}
