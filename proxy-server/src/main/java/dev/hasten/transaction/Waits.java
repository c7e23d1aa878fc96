package dev.hasten.transaction;

import dev.hasten.plan.StatementObserver;
import java.util.function.Supplier;

/** Reports how long a request waits for a connection. */
final class Waits {
    private Waits() {}

    /** Runs work that waits for a connection. */
    static <T> T observed(StatementObserver observer, Supplier<T> wait) {
        long started = System.nanoTime();
        observer.waiting();
        try {
            return wait.get();
        } finally {
            observer.waited(System.nanoTime() - started);
        }
    }
}
