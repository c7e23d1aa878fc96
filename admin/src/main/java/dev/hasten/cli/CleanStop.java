package dev.hasten.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in order when it is asked to stop by Ctrl-C or SIGTERM: it is told, and the JVM waits until it has
 * cleaned up behind itself.
 */
final class CleanStop implements AutoCloseable {
    private static final long LONGEST_CLEAN_UP_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "hasten-clean-stop");
    private volatile Runnable action;

    /** Until {@link #by} says better, the thread that calls this is interrupted. */
    CleanStop() {
        action = Thread.currentThread()::interrupt;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** How it is told from now on. */
    void by(Runnable other) {
        action = other;
    }

    private void stop() {
        action.run();
        try {
            boolean _ = done.await(LONGEST_CLEAN_UP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All is cleaned up. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way down already.
        }
    }
}
