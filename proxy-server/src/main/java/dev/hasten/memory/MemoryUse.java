package dev.hasten.memory;

/** What memory is used for; the tag {@code use} of the gauge {@code hasten.memory.used.bytes}. */
public enum MemoryUse {
    /** Request bodies, as bytes and as parsed values, and incomplete request heads. */
    REQUESTS(0),
    /** Rows read from PostgreSQL, and the values that a plan creates from them. */
    RESULTS(1),
    /** Responses that are being built or that clients have not received yet. */
    RESPONSES(2),
    /** Query compilers of Prisma schemas. */
    SCHEMAS(3);

    /** The number of uses. */
    static final int COUNT = 4;

    /** Index into an array with one element per use. */
    final int index;

    MemoryUse(int index) {
        this.index = index;
    }
}
