package dev.hasten.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadline of a connection, which has only one at a time. Every request moves the deadline several times. Moving
 * it to a later time only writes a field: when the running timer fires, it reads the field and waits for the
 * remaining time.
 */
final class Deadline implements Runnable {
    private final EventExecutor loop;
    private final Runnable onReached;
    private @Nullable ScheduledFuture<?> timer;
    private long timerNanos;
    private long deadlineNanos;
    private boolean set;

    /** Creates a deadline for an event loop. Must be used only on that event loop. */
    Deadline(EventExecutor loop, Runnable onReached) {
        this.loop = loop;
        this.onReached = onReached;
    }

    /** Sets the deadline, replacing the previous one. */
    void in(long nanos) {
        long now = System.nanoTime();
        deadlineNanos = now + nanos;
        set = true;
        if (timer != null && timerNanos - deadlineNanos > 0) {
            timer.cancel(false);
            timer = null;
        }
        if (timer == null) {
            start(nanos);
        }
    }

    /** Clears the deadline. A running timer is kept for reuse. */
    void clear() {
        set = false;
    }

    /** Clears the deadline and cancels the timer. */
    void cancel() {
        set = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void run() {
        timer = null;
        if (!set) {
            return;
        }
        long left = deadlineNanos - System.nanoTime();
        if (left > 0) {
            start(left);
        } else {
            set = false;
            onReached.run();
        }
    }

    private void start(long nanos) {
        timerNanos = System.nanoTime() + nanos;
        timer = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    }
}
