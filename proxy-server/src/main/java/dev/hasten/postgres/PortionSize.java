package dev.hasten.postgres;

/** How many rows are fetched at a time, so that a portion takes about {@link #TARGET_BYTES} of heap. */
final class PortionSize {
    static final long TARGET_BYTES = 256 << 10;

    /** Few, because nothing is known about the size of the rows yet. */
    private static final int FIRST = 10;

    private static final int MOST = 10_000;

    /** A portion may have this many times as many rows as the one before, which may have had unusually small ones. */
    private static final int GROWTH = 8;

    private int rows = FIRST;

    int rows() {
        return rows;
    }

    /** Adjusts the number to the rows of a portion. */
    void received(int count, long heapBytes) {
        if (count > 0) {
            long fitting = TARGET_BYTES * count / Math.max(1, heapBytes);
            rows = (int) Math.max(1, Math.min(fitting, Math.min(MOST, (long) GROWTH * rows)));
        }
    }
}
