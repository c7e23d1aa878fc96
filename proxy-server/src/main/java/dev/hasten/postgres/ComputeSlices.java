package dev.hasten.postgres;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Divides the processors among work that computes for long, in slices, first come first served. One processor is left for
 * work that does not, which never comes here.
 *
 * <p>Virtual threads are not preempted. {@link Thread#yield} does not help: it puts a thread into the queue of its carrier, and
 * carriers look into the queues with new requests only when their own are empty, so a few busy threads keep all others from
 * running. Here all but a few busy threads are parked at any time.
 *
 * <p>A slice is a plan, not a lock: work that waits for something in the middle of its slice holds up nobody for longer than
 * the slice lasts.
 */
final class ComputeSlices {
    /** Nanoseconds that work computes before it asks for its next slice. */
    static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** Those of this process. */
    static final ComputeSlices PROCESS = new ComputeSlices(PROCESSORS);

    /** When each processor has no slice planned any more. Guarded by this. */
    private final long[] freeAtNanos;

    private final long stepNanos;
    private boolean used;

    ComputeSlices(int processors) {
        freeAtNanos = new long[Math.max(1, processors - 1)];
        // A single processor is left to the others for half of the time.
        stepNanos = processors == 1 ? 2 * SLICE_NANOS : SLICE_NANOS;
    }

    /**
     * Plans a slice.
     *
     * @param nowNanos the time, of {@link System#nanoTime}
     * @return nanoseconds until the slice begins, 0 for now
     */
    synchronized long plan(long nowNanos) {
        if (!used) {
            Arrays.fill(freeAtNanos, nowNanos);
            used = true;
        }
        int earliest = 0;
        for (int i = 1; i < freeAtNanos.length; i++) {
            if (freeAtNanos[i] - freeAtNanos[earliest] < 0) {
                earliest = i;
            }
        }
        long wait = Math.max(0, freeAtNanos[earliest] - nowNanos);
        freeAtNanos[earliest] = nowNanos + wait + stepNanos;
        return wait;
    }
}
