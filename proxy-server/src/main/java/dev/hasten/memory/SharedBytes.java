package dev.hasten.memory;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that several responses consist of, such as those of a cached entry. However many clients are slow to take them,
 * they are in memory once, and so are reserved once: for the first of these clients, until the last has taken them.
 * Thread-safe.
 */
public final class SharedBytes {
    private final byte[] bytes;
    private int holders;
    private @Nullable Reservation reservation;

    /** @param bytes which nobody changes any more; not copied */
    public SharedBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes; not a copy. */
    public byte[] array() {
        return bytes;
    }

    /**
     * One more response needs the bytes after the work that made them has ended.
     *
     * @param holder of the response
     * @throws MemoryExhaustedException when there is no room for them
     */
    public synchronized void hold(Reservation holder) {
        if (holders == 0) {
            Reservation own = holder.another();
            own.take(MemoryUse.RESPONSES, bytes.length);
            reservation = own;
        }
        holders++;
    }

    /** A response that called {@link #hold} needs them no longer. */
    public synchronized void release() {
        Reservation own = reservation;
        if (--holders == 0 && own != null) {
            reservation = null;
            own.close();
        }
    }
}
