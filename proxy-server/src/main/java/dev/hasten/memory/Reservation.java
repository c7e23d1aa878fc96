package dev.hasten.memory;

/**
 * The memory of one piece of work, such as a request. Used by one thread at a time; a later thread must see what the
 * earlier one did.
 */
public final class Reservation implements AutoCloseable {
    /**
     * Memory comes from the budget in multiples of this, so that an ordinary request asks once. It is also about what a
     * running request takes besides what is counted: its thread's stack, headers, parameters.
     */
    static final long GRAIN = 16 << 10;

    private final MemoryBudget budget;
    private final String database;
    private final String key;
    private final long[] heldBytes = new long[MemoryUse.COUNT];
    private long totalBytes;
    private long grantedBytes;

    Reservation(MemoryBudget budget, String database, String key) {
        this.budget = budget;
        this.database = database;
        this.key = key;
    }

    String database() {
        return database;
    }

    String key() {
        return key;
    }

    /** Identifies the API key and its database. */
    public String owner() {
        return database + " " + key;
    }

    /** A reservation of the same key that holds nothing yet. */
    public Reservation another() {
        return new Reservation(budget, database, key);
    }

    /**
     * Takes memory that is about to be allocated.
     *
     * @param bytes 0 or more
     * @throws MemoryExhaustedException when the budget has no room for it; nothing is taken then
     */
    public void take(MemoryUse use, long bytes) {
        long needed = totalBytes + bytes - grantedBytes;
        if (needed > 0) {
            long more = (needed + GRAIN - 1) / GRAIN * GRAIN;
            budget.grant(this, more, grantedBytes == 0);
            grantedBytes += more;
        }
        totalBytes += bytes;
        heldBytes[use.index] += bytes;
        budget.count(use, bytes);
    }

    /** Gives memory back that was taken for the same use. */
    public void give(MemoryUse use, long bytes) {
        totalBytes -= bytes;
        heldBytes[use.index] -= bytes;
        budget.count(use, -bytes);
        long surplus = (grantedBytes - totalBytes) / GRAIN * GRAIN;
        // The first grain stays until the end.
        if (surplus > 0 && grantedBytes > GRAIN) {
            long back = Math.min(surplus, grantedBytes - GRAIN);
            grantedBytes -= back;
            budget.giveBack(this, back, false);
        }
    }

    /** Bytes that are held for a use. */
    public long heldBytes(MemoryUse use) {
        return heldBytes[use.index];
    }

    /**
     * Takes or gives back, so that exactly so many bytes are held for a use.
     *
     * @throws MemoryExhaustedException when the budget has no room for more; what was held is still held then
     */
    public void set(MemoryUse use, long bytes) {
        long more = bytes - heldBytes[use.index];
        if (more > 0) {
            take(use, more);
        } else if (more < 0) {
            give(use, -more);
        }
    }

    /** Gives everything back. The reservation may be used again, and must be closed again then. */
    @Override
    public void close() {
        for (MemoryUse use : MemoryUse.values()) {
            if (heldBytes[use.index] != 0) {
                budget.count(use, -heldBytes[use.index]);
                heldBytes[use.index] = 0;
            }
        }
        totalBytes = 0;
        if (grantedBytes > 0) {
            long back = grantedBytes;
            grantedBytes = 0;
            budget.giveBack(this, back, true);
        }
    }
}
