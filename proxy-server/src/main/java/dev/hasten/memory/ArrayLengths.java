package dev.hasten.memory;

/**
 * Lengths of growing byte arrays. The G1 collector allocates large arrays in whole regions, whose size is a power of
 * two: an array of 1 MiB plus its header would occupy two regions of 1 MiB. With these lengths, the size of an array
 * including its header is a power of two.
 */
public final class ArrayLengths {
    private static final int HEADER_BYTES = 16;

    private ArrayLengths() {}

    /** The length of an array that occupies this many bytes of heap. */
    public static int ofBytes(int heapBytes) {
        return heapBytes - HEADER_BYTES;
    }

    /** The length of an array that occupies twice as much heap as one of this length. */
    public static long doubled(int length) {
        return 2L * (length + HEADER_BYTES) - HEADER_BYTES;
    }
}
