package dev.hasten.invalidation;

import dev.hasten.protocol.ApiError;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the number of calls per second. A token bucket with a capacity of one second, stored as the time at which the
 * bucket would be full. Thread-safe.
 */
final class InvalidationRate {
    private static final long SECOND = 1_000_000_000;

    private final int perSecond;
    private final LongSupplier ticker;
    private long fullAt;

    /**
     * @param perSecond 0 means no limit
     * @param ticker nanoseconds, same as {@link System#nanoTime}
     */
    InvalidationRate(int perSecond, LongSupplier ticker) {
        this.perSecond = perSecond;
        this.ticker = ticker;
        this.fullAt = ticker.getAsLong();
    }

    /**
     * Admits one call.
     *
     * @throws ApiError P5011 if the limit is exceeded
     */
    synchronized void take() {
        if (perSecond == 0) {
            return;
        }
        long now = ticker.getAsLong();
        long next = (fullAt - now > 0 ? fullAt : now) + SECOND / perSecond;
        if (next - now > SECOND) {
            throw ApiError.tooManyRequests(
                    "Too many invalidations: the limit of this database is " + perSecond
                            + " per second (cache.invalidations_per_second). Try again later",
                    Duration.ofSeconds(1));
        }
        fullAt = next;
    }
}
