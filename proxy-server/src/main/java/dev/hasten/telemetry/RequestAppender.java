package dev.hasten.telemetry;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes entries about requests in a thread of its own, because event loops log them, and a full pipe must not block those.
 * If entries arrive faster than they can be written, they are dropped and counted.
 */
final class RequestAppender extends AsyncAppender {
    private static final int QUEUE = 8192;
    private static final LongAdder DROPPED = new LongAdder();

    RequestAppender() {
        setQueueSize(QUEUE);
        setNeverBlock(true);
        setDiscardingThreshold(1);
    }

    /** Called when the queue is full. */
    @Override
    protected boolean isDiscardable(ILoggingEvent event) {
        DROPPED.increment();
        return true;
    }

    /** How many entries were dropped in this process. */
    static long dropped() {
        return DROPPED.sum();
    }
}
