package dev.hasten.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One row of the demo.
 *
 * @param title title of the operation
 * @param calls number of calls, 1 or more; fewer if they take longer than a second in total
 * @param expectedStatus expected HTTP status; the demo fails with any other
 * @param action performs one call
 * @param note describes the last reply
 */
record DemoStep(String title, int calls, int expectedStatus, Action action, Note note) {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Performs one call, or several that belong together, and returns the last reply. */
    @FunctionalInterface
    interface Action {
        DemoReply run() throws Exception;
    }

    /** Describes a reply. */
    @FunctionalInterface
    interface Note {
        String of(DemoReply reply);
    }

    /**
     * The outcome of a step.
     *
     * @param reply the last reply, or the first with an unexpected status
     * @param millis duration of each call in milliseconds
     */
    record Outcome(DemoStep step, DemoReply reply, List<Double> millis) {
        /** The median of all calls except the first, which runs with cold caches. */
        double medianOfLater() {
            List<Double> sorted =
                    millis.subList(1, millis.size()).stream().sorted().toList();
            return sorted.get(sorted.size() / 2);
        }
    }

    Outcome run() throws Exception {
        List<Double> millis = new ArrayList<>(calls);
        DemoReply reply;
        long begin = System.nanoTime();
        do {
            long start = System.nanoTime();
            reply = action.run();
            millis.add((System.nanoTime() - start) / 1e6);
        } while (millis.size() < calls
                && reply.status() == expectedStatus
                && System.nanoTime() - begin < LONGEST_NANOS);
        return new Outcome(this, reply, millis);
    }
}
