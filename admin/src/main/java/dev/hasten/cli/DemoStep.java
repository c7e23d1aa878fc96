package dev.hasten.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One row of the demo.
 *
 * @param title of the operation
 * @param calls how often it runs, 1 or more; fewer times when it takes longer than a second
 * @param expectedStatus HTTP status; any other makes the demo fail
 * @param action one call
 * @param note what is remarkable about the last reply
 */
record DemoStep(String title, int calls, int expectedStatus, Action action, Note note) {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A call, or several that belong together; the last reply counts. */
    @FunctionalInterface
    interface Action {
        DemoReply run() throws Exception;
    }

    /** Says what is remarkable about a reply. */
    @FunctionalInterface
    interface Note {
        String of(DemoReply reply);
    }

    /**
     * What happened.
     *
     * @param reply the last one, or the first that was not as expected
     * @param millis how long each call took
     */
    record Outcome(DemoStep step, DemoReply reply, List<Double> millis) {
        /** The median of all calls but the first, which finds nothing prepared. */
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
