package dev.hasten.plan;

import dev.hasten.postgres.Cancellation;
import dev.hasten.postgres.CancelledException;
import dev.hasten.protocol.ApiError;

/**
 * What one run of a plan may make in memory besides its rows. A few kilobytes of plan can ask for any number of list
 * elements, and computing does not notice by itself that its request is over: both are checked here.
 */
final class Budget {
    /** List elements and characters of SQL; a legitimate statement has at most a few hundred thousand. */
    private static final long ELEMENTS = 4_000_000;

    private static final long SQL_CHARACTERS = 64L << 20;
    private static final int DEPTH = 100;

    private final Cancellation cancellation;
    private long elements = ELEMENTS;
    private long characters = SQL_CHARACTERS;
    private int depth;

    Budget(Cancellation cancellation) {
        this.cancellation = cancellation;
    }

    /**
     * Takes list elements that are about to be made.
     *
     * @throws ApiError P6009 when there were too many
     * @throws CancelledException when the request must stop
     */
    void elements(long count) {
        elements -= count;
        if (elements < 0) {
            throw ApiError.of(422, "P6009", "The query plan makes lists of more than " + ELEMENTS + " elements");
        }
        Cancellation.Reason reason = cancellation.reason();
        if (reason != null) {
            throw new CancelledException(reason);
        }
    }

    /** Takes characters of SQL. */
    void sql(long count) {
        characters -= count;
        if (characters < 0) {
            throw ApiError.of(422, "P6009", "The query plan makes more than " + SQL_CHARACTERS + " characters of SQL");
        }
    }

    /** A value refers to another one. */
    void enter() {
        if (++depth > DEPTH) {
            throw new PlanFailure("Query variables refer to each other more than " + DEPTH + " times, or in a circle");
        }
    }

    void leave() {
        depth--;
    }
}
