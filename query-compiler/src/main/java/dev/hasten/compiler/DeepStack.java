package dev.hasten.compiler;

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

    private DeepStack() {}

    /**
     * Runs the work and waits for it. When its time is over the work is interrupted, which WebAssembly notices at its
     * next call or loop. An interrupt of the waiting thread does not shorten the wait and is kept for afterwards.
     *
     * @throws ExecutionException with whatever the work threw
     */
    static <T> T run(Callable<T> work, Duration time) throws ExecutionException {
        FutureTask<T> task = new FutureTask<>(work);
        long deadline = System.nanoTime() + time.toNanos();
        Thread thread = Thread.ofPlatform()
                .name("query-compiler")
                .daemon()
                .stackSize(BYTES)
                .start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (!thread.join(Duration.ofNanos(deadline - System.nanoTime()))) {
                        thread.interrupt();
                    }
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
