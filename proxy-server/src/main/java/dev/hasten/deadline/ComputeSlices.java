package dev.hasten.deadline;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Schedules long computations: each runs for a time slice, then waits for its next one, first come, first served.
 * Slices are scheduled on all processors except one, which stays free for short computations; these never need a slice.
 *
 * <p>Virtual threads are not preempted, and {@link Thread#yield} is not enough: it puts a thread back into the queue of
 * its carrier, and a carrier looks at other queues, where new requests are, only when its own is empty. A few busy
 * threads would block all others. With slices, only as many busy threads as there are slices are runnable at any time;
 * the others are parked.
 *
 * <p>A slice is a point in time, not a lock. A computation that blocks during its slice delays the others by at most
 * one slice.
 */
final class ComputeSlices {
    /** Length of a slice. */
    static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** The scheduler of this process. */
    static final ComputeSlices PROCESS = new ComputeSlices(PROCESSORS);

    /** For each processor, the end of its last scheduled slice. Guarded by this. */
    private final long[] freeAtNanos;

    private final long stepNanos;
    private boolean used;

    ComputeSlices(int processors) {
        freeAtNanos = new long[Math.max(1, processors - 1)];
        // With a single processor, half of the time is left for other work.
        stepNanos = processors == 1 ? 2 * SLICE_NANOS : SLICE_NANOS;
    }

    /**
     * Schedules a slice.
     *
     * @param nowNanos the current time, from {@link System#nanoTime}
     * @return nanoseconds until the slice begins, 0 if it begins now
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
