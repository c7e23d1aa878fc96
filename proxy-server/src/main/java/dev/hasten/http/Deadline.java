package dev.hasten.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one deadline that a connection has at a time. Moving it later, as every request does several times, only writes
 * a field: the timer that is running looks at the field when it fires and goes on waiting.
 */
final class Deadline implements Runnable {
    private final EventExecutor loop;
    private final Runnable onReached;
    private @Nullable ScheduledFuture<?> timer;
    private long timerNanos;
    private long deadlineNanos;
    private boolean set;

    /** A deadline of a loop, used on it only. */
    Deadline(EventExecutor loop, Runnable onReached) {
        this.loop = loop;
        this.onReached = onReached;
    }

    /** Sets the deadline, in place of the earlier one. */
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

    /** There is no deadline now. */
    void clear() {
        set = false;
    }

    /** There will be no deadline any more. */
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
