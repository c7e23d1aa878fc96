package dev.hasten.verify.chart;

import java.util.List;

/** Prints one line per check, as {@code deploy/verify} does, and the problems of those that failed. */
final class Report {
    private static final String DETAIL = "         | ";

    private boolean failed;

    /** Reports a check that found these problems. */
    void check(String name, List<String> problems) {
        if (problems.isEmpty()) {
            System.out.println("ok       " + name);
            return;
        }
        failed = true;
        System.out.println("FAIL     " + name);
        problems.stream().flatMap(String::lines).forEach(line -> System.out.println(DETAIL + line));
    }

    void notRun(String reason) {
        System.out.println("not run  " + reason);
    }

    boolean failed() {
        return failed;
    }
}
