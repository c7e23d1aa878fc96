package dev.hasten.memory;

/**
 * The memory held by one task, such as a request. Not thread-safe: it may be passed between threads, but only with a
 * happens-before relation.
 */
public final class Reservation implements AutoCloseable {
    /**
     * Memory is taken from the budget in multiples of this, so that a typical request takes it only once. This is also
     * about the size of what is not counted for a running request: the stack of its thread, headers and parameters.
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

    /** Creates another reservation for the same key, which holds nothing initially. */
    public Reservation another() {
        return new Reservation(budget, database, key);
    }

    /**
     * Reserves memory that is about to be allocated.
     *
     * @param bytes 0 or more
     * @throws MemoryExhaustedException if it does not fit into the budget; the reservation is then unchanged
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

    /** Gives back memory that was taken for the same use. */
    public void give(MemoryUse use, long bytes) {
        totalBytes -= bytes;
        heldBytes[use.index] -= bytes;
        budget.count(use, -bytes);
        long surplus = (grantedBytes - totalBytes) / GRAIN * GRAIN;
        // The first grain is kept until close().
        if (surplus > 0 && grantedBytes > GRAIN) {
            long back = Math.min(surplus, grantedBytes - GRAIN);
            grantedBytes -= back;
            budget.giveBack(this, back, false);
        }
    }

    /** The number of bytes held for a use. */
    public long heldBytes(MemoryUse use) {
        return heldBytes[use.index];
    }

    /**
     * Takes or gives back memory so that exactly this many bytes are held for a use.
     *
     * @throws MemoryExhaustedException if the bytes do not fit into the budget; the reservation is then unchanged
     */
    public void set(MemoryUse use, long bytes) {
        long more = bytes - heldBytes[use.index];
        if (more > 0) {
            take(use, more);
        } else if (more < 0) {
            give(use, -more);
        }
    }

    /** Gives back all memory. The reservation may be used again and must then be closed again. */
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
