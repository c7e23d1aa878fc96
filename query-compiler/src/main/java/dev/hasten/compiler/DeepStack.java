package dev.hasten.compiler;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs WebAssembly, whose frames are Java frames, with a large stack: on a new platform thread for each call. Starting
 * a thread takes a tenth of a millisecond; a call takes several milliseconds.
 */
final class DeepStack {
    /**
     * More than the compiler can use: its own stack of 1 MiB in WebAssembly overflows first, which causes a regular
     * trap. A StackOverflowError could occur during the initialization of a class and make that class permanently
     * unusable. Only the used part of the stack takes memory.
     */
    private static final long BYTES = 64L << 20;

    /** Interval of the checks of a running call, which is also by how much it can exceed its limits. */
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private DeepStack() {}

    /** The work was stopped because it exceeded its CPU time limit. */
    static final class TimeLimitException extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1;
    }

    /**
     * Runs the work and waits for it. To stop the work, its thread is interrupted, which WebAssembly detects at its
     * next call or loop; this method returns only after the work has stopped.
     *
     * @param cpuTime CPU time limit of the work. Time spent waiting for a processor is not counted, so that calls on a
     *     busy machine are slow but do not fail
     * @param check called every 20 ms; the work is stopped if this throws
     * @throws ExecutionException if the work threw an exception, which is the cause
     * @throws TimeLimitException if the work exceeded its CPU time limit
     * @throws InterruptedException if the waiting thread was interrupted
     * @throws RuntimeException if {@code check} threw it
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
