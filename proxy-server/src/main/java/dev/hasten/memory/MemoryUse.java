package dev.hasten.memory;

/** What memory is held for; the label {@code use} of the gauge {@code hasten.memory.used.bytes}. */
public enum MemoryUse {
    /** Bodies of requests, as bytes and as parsed values, and heads that are not complete. */
    REQUESTS(0),
    /** Rows that were read from PostgreSQL, and values that a plan made of them. */
    RESULTS(1),
    /** Responses that are being built, or that clients have not taken yet. */
    RESPONSES(2),
    /** Query compilers of Prisma schemas. */
    SCHEMAS(3);

    /** How many uses there are. */
    static final int COUNT = 4;

    /** Place in an array with one number for each use. */
    final int index;

    MemoryUse(int index) {
        this.index = index;
    }
}
