package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParseMeter;

/**
 * Limits what one run of a plan creates in memory in addition to the rows that it reads. A plan of a few kilobytes can
 * create any number of list elements, and a computation does not notice by itself that its request was cancelled. Both
 * are checked here.
 */
final class Budget {
    /**
     * Limits for list elements and characters of SQL. A legitimate statement has at most a few hundred thousand of
     * each.
     */
    private static final long ELEMENTS = 4_000_000;

    private static final long SQL_CHARACTERS = 64L << 20;
    private static final int DEPTH = 100;

    /** Estimated bytes of a list slot and the value in it. */
    private static final int ELEMENT_BYTES = 48;

    /** Memory is reserved in steps of this size, because most lists are small. */
    private static final int STEP_BYTES = 4096;

    /** Bytes per character of SQL, which exists in the builder, in the string, and encoded for sending. */
    private static final int CHARACTER_BYTES = 3;

    /** Estimated bytes of a record object and the header of its cell array. */
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
     * Counts list elements that are about to be created, and reserves memory for them.
     *
     * @throws ApiError P6009 if the plan exceeds its limit
     * @throws CancelledException if the request must stop
     */
    void elements(long count) {
        elements -= count;
        if (elements < 0) {
            throw ApiError.of(
                    422,
                    "P6009",
                    "The query plan exceeds the limit of " + ELEMENTS
                            + " list elements. Split the query into smaller ones");
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
     * Called during a computation that creates no elements.
     *
     * @throws CancelledException if the request must stop
     */
    void checkpoint() {
        cancellation.checkpoint();
    }

    /** Reserves memory for records that are about to be created. */
    void rows(int count, int columns) {
        cancellation.memory().take(MemoryUse.RESULTS, (long) count * (ROW_BYTES + columns * CELL_BYTES));
        cancellation.checkpoint();
    }

    /** Reserves memory while JSON from the database is parsed. */
    ParseMeter parsing() {
        return new ParsingMemory(cancellation, MemoryUse.RESULTS);
    }

    /** Returns the bytes of memory that are reserved for results. */
    long held() {
        return cancellation.memory().heldBytes(MemoryUse.RESULTS);
    }

    /** Releases the memory that was reserved since {@link #held} returned this value. */
    void release(long held) {
        cancellation.memory().set(MemoryUse.RESULTS, held);
    }

    /**
     * Counts characters of SQL that are about to be generated, and reserves memory for them.
     *
     * @throws ApiError P6009 if the plan exceeds its limit
     */
    void sql(long count) {
        characters -= count;
        if (characters < 0) {
            throw ApiError.of(
                    422,
                    "P6009",
                    "The query plan exceeds the limit of " + SQL_CHARACTERS
                            + " characters of SQL. Split the query into smaller ones");
        }
        take(count * CHARACTER_BYTES);
    }

    /** Called when a value refers to another one; limits the depth of such references. */
    void enter() {
        if (++depth > DEPTH) {
            throw new PlanFailure(
                    "Query variables refer to each other in a cycle, or through more than " + DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }
}
