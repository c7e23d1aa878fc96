package dev.hasten.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RequestAppenderTest {
    /** An output that accepts nothing until it is opened. */
    private static final class Blocked extends AppenderBase<ILoggingEvent> {
        private final CountDownLatch opened = new CountDownLatch(1);
        private final AtomicInteger written = new AtomicInteger();

        @Override
        protected void append(ILoggingEvent event) {
            try {
                opened.await();
                written.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aFullOutputDropsEntriesInsteadOfBlocking() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        Blocked output = new Blocked();
        output.start();
        RequestAppender appender = new RequestAppender();
        appender.setContext(context);
        appender.addAppender(output);
        appender.start();
        long before = RequestAppender.dropped();
        for (int i = 0; i < 10_000; i++) {
            appender.doAppend(new LoggingEvent(
                    "", context.getLogger("dev.hasten.access"), Level.INFO, "request", null, new Object[0]));
        }
        long dropped = RequestAppender.dropped() - before;
        assertThat(dropped).isBetween(1000L, 2000L);
        output.opened.countDown();
        await().untilAsserted(() -> assertThat(output.written.get() + dropped).isEqualTo(10_000));
        appender.stop();
    }
}
