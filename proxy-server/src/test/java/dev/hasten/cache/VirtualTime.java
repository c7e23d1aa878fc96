package dev.hasten.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that only passes when a test advances it. */
final class VirtualTime implements Ticker, InstantSource {
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    /** Starts negative, as System.nanoTime() may: code must not depend on a ticker's origin. */
    private static final long ORIGIN = -Duration.ofSeconds(5).toNanos();

    private volatile long nanos = ORIGIN;

    /** Must only be called on the test's thread. */
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
