package dev.hasten.compiler;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs WebAssembly, whose frames are Java frames, where they have room: on a platform thread made for the call. Starting
 * one takes a tenth of a millisecond, a call some milliseconds.
 */
final class DeepStack {
    /**
     * More than the compiler can fill: its own stack of 1 MiB in WebAssembly overflows first, which is an orderly trap.
     * A StackOverflowError could hit a class while it is initialised, and that class would be lost to the process. Only
     * what is used takes memory.
     */
    private static final long BYTES = 64L << 20;

    /** How often a running call is checked; it can exceed its limits by this much. */
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private DeepStack() {}

    /** The work was stopped because it reached its limit of CPU time. */
    static final class TimeLimitException extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1;
    }

    /**
     * Runs the work and waits for it. Work that must stop is interrupted, which WebAssembly notices at its next call or
     * loop; this method returns once the work has stopped.
     *
     * @param cpuTime most CPU time of the work. Time spent waiting for a processor is not counted, so that a busy machine makes
     *     calls slow but does not make them fail
     * @param check called every 20 ms; the work is stopped if this throws
     * @throws ExecutionException with whatever the work threw
     * @throws TimeLimitException if the work reached its limit of CPU time
     * @throws InterruptedException if the waiting thread was interrupted
     * @throws RuntimeException what {@code check} threw
     */
    static <T> T run(Callable<T> work, Duration cpuTime, Runnable check)
            throws ExecutionException, TimeLimitException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform()
                .name("query-compiler")
                .daemon()
                .stackSize(BYTES)
                .start(task);
        boolean completed = false;
        try {
            while (!thread.join(INTERVAL)) {
                if (THREADS.getThreadCpuTime(thread.threadId()) > cpuTime.toNanos()) {
                    throw new TimeLimitException();
                }
                check.run();
            }
            completed = true;
        } finally {
            if (!completed) {
                stop(thread);
            }
        }
        return task.get();
    }

    private static void stop(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
