package dev.hasten.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes when a test says so. */
final class VirtualTime implements Ticker, InstantSource {
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    /** Negative at first, as System.nanoTime() may be: nothing may depend on where a ticker begins. */
    private static final long ORIGIN = -Duration.ofSeconds(5).toNanos();

    private volatile long nanos = ORIGIN;

    /** Only the thread of the test calls this. */
    synchronized void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public long read() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanos - ORIGIN);
    }
}
