package dev.hasten.bench.load;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Operations arrive at a constant rate, regardless of response times, as from independent users. This measures how long
 * users wait. If no connection is free, an operation waits for one, and its latency is measured from its arrival. A
 * stall of the server therefore affects all operations that arrive during the stall, not only those that had already
 * been sent (which would be coordinated omission).
 */
final class OpenLoop extends Driver {
    private final double interval;
    private final long first;
    private final long arrivals;
    private final Deque<Connection> free = new ArrayDeque<>();
    private long begun;
    private boolean timerIsSet;

    /**
     * @param offset offset of the first arrival in nanoseconds, so that the arrivals of several event loops
     *     are interleaved
     */
    OpenLoop(Opening opening, LoadSettings settings, long start, int kinds, long offset) {
        super(opening, settings, start, kinds);
        this.interval = 1e9 / settings.rate();
        this.first = start + offset;
        long warmUp = arrivalsBefore(measureFrom);
        long measured = Math.min(settings.operations(), arrivalsBefore(end) - warmUp);
        this.arrivals = warmUp + measured;
    }

    /** The number of arrivals before a time. */
    private long arrivalsBefore(long time) {
        long count = Math.max(0, (long) Math.ceil((time - first) / interval));
        while (count > 0 && arrival(count - 1) - time >= 0) {
            count--;
        }
        while (arrival(count) - time < 0) {
            count++;
        }
        return count;
    }

    private long arrival(long index) {
        return first + (long) (index * interval);
    }

    @Override
    void ready(Connection connection, long now) {
        free.add(connection);
        serve(now);
    }

    private void serve(long now) {
        while (!free.isEmpty() && begun < arrivals && !isStopping()) {
            long arrival = arrival(begun);
            if (arrival - now > 0) {
                waitFor(arrival - now);
                return;
            }
            Connection connection = free.remove();
            if (connection.isIdle()) {
                begun++;
                connection.begin(arrival, arrival - measureFrom >= 0, deadline(now));
            }
        }
    }

    private void waitFor(long nanos) {
        if (!timerIsSet) {
            timerIsSet = true;
            var _ = loop.schedule(
                    () -> {
                        timerIsSet = false;
                        serve(System.nanoTime());
                    },
                    nanos,
                    NANOSECONDS);
        }
    }

    @Override
    boolean isExhausted(long now) {
        return begun >= arrivals;
    }

    /** Records operations as failed that have found no free connection one timeout after the end. */
    @Override
    void lookAfter(long now) {
        if (begun < arrivals && now - deadline(end) > 0) {
            recorder.failure("no free connection until one --timeout after the end", arrivals - begun);
            begun = arrivals;
        }
    }
}
