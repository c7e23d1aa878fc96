package dev.hasten.memory;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that several responses share, such as those of a cache entry. They are in memory only once, regardless of how
 * many slow clients receive them, and are therefore reserved only once: for the first of these clients, until the last
 * one has received them. Thread-safe.
 */
public final class SharedBytes {
    private final byte[] bytes;
    private int holders;
    private @Nullable Reservation reservation;

    /** @param bytes must not be modified afterwards; not copied */
    public SharedBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes; not a copy. */
    public byte[] array() {
        return bytes;
    }

    /**
     * Adds a response that needs the bytes after the task that created them has ended.
     *
     * @param holder the reservation of the response
     * @throws MemoryExhaustedException if the bytes do not fit into the budget
     */
    public synchronized void hold(Reservation holder) {
        if (holders == 0) {
            Reservation own = holder.another();
            own.take(MemoryUse.RESPONSES, bytes.length);
            reservation = own;
        }
        holders++;
    }

    /** Removes a response that called {@link #hold}. */
    public synchronized void release() {
        Reservation own = reservation;
        if (--holders == 0 && own != null) {
            reservation = null;
            own.close();
        }
    }
}
