package dev.hasten.invalidation;

import dev.hasten.protocol.ApiError;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets so many calls per second pass, evenly or at once. A token bucket that holds one second's worth, kept as the time at
 * which it would be full. Thread-safe.
 */
final class InvalidationRate {
    private static final long SECOND = 1_000_000_000;

    private final int perSecond;
    private final LongSupplier ticker;
    private long fullAt;

    /**
     * @param perSecond 0 for no limit
     * @param ticker nanoseconds, as {@link System#nanoTime}
     */
    InvalidationRate(int perSecond, LongSupplier ticker) {
        this.perSecond = perSecond;
        this.ticker = ticker;
        this.fullAt = ticker.getAsLong();
    }

    /**
     * Takes one call.
     *
     * @throws ApiError P5011 when it is one too many
     */
    synchronized void take() {
        if (perSecond == 0) {
            return;
        }
        long now = ticker.getAsLong();
        long next = (fullAt - now > 0 ? fullAt : now) + SECOND / perSecond;
        if (next - now > SECOND) {
            throw ApiError.tooManyRequests(
                    "Too many invalidations: the limit of this database is " + perSecond + " per second",
                    Duration.ofSeconds(1));
        }
        fullAt = next;
    }
}
