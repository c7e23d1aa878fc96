package dev.hasten.postgres;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Stops what takes too long, and everything when the server stops. */
public final class Watchdog {
    private final HashedWheelTimer timer;
    private final Set<Cancellation> watched = ConcurrentHashMap.newKeySet();

    /** @param timer for the limits; stopped by whoever made it */
    public Watchdog(HashedWheelTimer timer) {
        this.timer = timer;
    }

    /** Watches work that is over when the result is closed; it is cancelled when its time is up before. */
    public Watch watch(Cancellation work, Duration limit) {
        watched.add(work);
        Timeout timeout =
                timer.newTimeout(_ -> work.cancel(Cancellation.Reason.TIMEOUT), limit.toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            timeout.cancel();
            watched.remove(work);
        };
    }

    /** Work under watch. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Cancels all that is watched. */
    public void cancelAll() {
        watched.forEach(work -> work.cancel(Cancellation.Reason.SHUTDOWN));
    }

    /** How much is watched. */
    public int watchedCount() {
        return watched.size();
    }
}
