package dev.hasten.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command clean up when it is stopped by Ctrl-C or SIGTERM: the command is notified, and the JVM waits until it
 * has cleaned up, for at most 60 s.
 */
final class CleanStop implements AutoCloseable {
    private static final long LONGEST_CLEAN_UP_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "hasten-clean-stop");
    private volatile Runnable action;

    /** Creates an instance that interrupts the current thread on a stop, until {@link #by} sets another action. */
    CleanStop() {
        action = Thread.currentThread()::interrupt;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Sets the action that notifies the command. */
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

    /** Must be called when the command has cleaned up. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is already shutting down.
        }
    }
}
