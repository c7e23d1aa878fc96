package dev.hasten.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Allows one warning per minute, so that clients that cause warnings cannot fill the log. */
public final class WarningLimit {
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanos;
    private final AtomicLong next;

    /** Allows the first warning at once. */
    public WarningLimit() {
        this(System::nanoTime);
    }

    /** @param nanos a clock such as {@link System#nanoTime} */
    WarningLimit(LongSupplier nanos) {
        this.nanos = nanos;
        this.next = new AtomicLong(nanos.getAsLong());
    }

    /** Whether a warning may be logged now. */
    public boolean allows() {
        long now = nanos.getAsLong();
        long allowed = next.get();
        return now - allowed >= 0 && next.compareAndSet(allowed, now + INTERVAL_NANOS);
    }
}
