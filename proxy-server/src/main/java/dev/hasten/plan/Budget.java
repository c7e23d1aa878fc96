package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParseMeter;

/**
 * What one run of a plan may make in memory besides what it reads. A few kilobytes of plan can ask for any number of list
 * elements, and computing does not notice by itself that its request is over: both are checked here.
 */
final class Budget {
    /** List elements and characters of SQL; a legitimate statement has at most a few hundred thousand. */
    private static final long ELEMENTS = 4_000_000;

    private static final long SQL_CHARACTERS = 64L << 20;
    private static final int DEPTH = 100;

    /** A place in a list, and the value in it. */
    private static final int ELEMENT_BYTES = 48;

    /** Memory is taken in steps of this size, because most lists are small. */
    private static final int STEP_BYTES = 4096;

    /** Copies of each character of SQL: in the builder, in the string, and encoded for sending. */
    private static final int CHARACTER_BYTES = 3;

    /** A record's object and the header of its cells. */
    private static final int ROW_BYTES = 40;

    private static final int CELL_BYTES = 4;

    private final Cancellation cancellation;
    private long elements = ELEMENTS;
    private long characters = SQL_CHARACTERS;
    private long untakenBytes;
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
        take(count * ELEMENT_BYTES);
        cancellation.checkpoint();
    }

    private void take(long bytes) {
        untakenBytes += bytes;
        if (untakenBytes >= STEP_BYTES) {
            cancellation.memory().take(MemoryUse.RESULTS, untakenBytes);
            untakenBytes = 0;
        }
    }

    /**
     * Called while something is computed that makes no elements.
     *
     * @throws CancelledException when the request must stop
     */
    void checkpoint() {
        cancellation.checkpoint();
    }

    /** Takes records that are about to be made. */
    void rows(int count, int columns) {
        cancellation.memory().take(MemoryUse.RESULTS, (long) count * (ROW_BYTES + columns * CELL_BYTES));
        cancellation.checkpoint();
    }

    /** For JSON that comes from the database. */
    ParseMeter parsing() {
        return new ParsingMemory(cancellation, MemoryUse.RESULTS);
    }

    /** Bytes of memory that are held for results. */
    long held() {
        return cancellation.memory().heldBytes(MemoryUse.RESULTS);
    }

    /** Gives back memory that was taken since {@link #held} was this. */
    void release(long held) {
        cancellation.memory().set(MemoryUse.RESULTS, held);
    }

    /** Takes characters of SQL. */
    void sql(long count) {
        characters -= count;
        if (characters < 0) {
            throw ApiError.of(422, "P6009", "The query plan makes more than " + SQL_CHARACTERS + " characters of SQL");
        }
        take(count * CHARACTER_BYTES);
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
