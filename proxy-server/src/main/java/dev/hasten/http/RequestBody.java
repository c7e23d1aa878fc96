package dev.hasten.http;

import dev.hasten.memory.ArrayLengths;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Collects the body of one request. Memory is allocated as bytes arrive; a Content-Length allocates at most
 * {@link #TRUSTED} bytes in advance. The bytes are copied instead of keeping the received buffers, because with a
 * client that sends one byte at a time each byte would keep a whole receive buffer in memory.
 */
final class RequestBody {
    /** The largest array that is allocated just because of a declared length. */
    static final int TRUSTED = ArrayLengths.ofBytes(64 << 10);

    private static final byte[] EMPTY = {};

    private final int limit;
    /** The declared length, or -1 if the body is chunked. */
    private final int declared;
    /** Whether the body is discarded, because the handler will not be called. */
    private final boolean forgetting;

    private byte[] bytes = EMPTY;
    private int size;

    /** Creates an instance for a body of a declared length or of unknown length (-1). */
    RequestBody(int declared, int limit, boolean forgetting) {
        this.declared = declared;
        this.limit = limit;
        this.forgetting = forgetting;
    }

    /** Adds a piece. Returns false if the body would exceed the limit. The caller still owns the piece. */
    boolean add(ByteBuf piece) {
        int length = piece.readableBytes();
        if (length > limit - size) {
            return false;
        }
        if (!forgetting && length > 0) {
            if (size + length > bytes.length) {
                bytes = Arrays.copyOf(bytes, capacityFor(size + length));
            }
            piece.getBytes(piece.readerIndex(), bytes, size, length);
        }
        size += length;
        return true;
    }

    /** The number of bytes received. */
    int size() {
        return size;
    }

    /**
     * Reserves memory for the part received so far, because the rest may take a while.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException if there is not enough memory
     */
    void reserve(Reservation memory) {
        memory.set(MemoryUse.REQUESTS, bytes.length);
    }

    /** Returns the complete body, empty if it was discarded. This object does not keep a reference to it. */
    byte[] finish() {
        byte[] whole = bytes.length == size || forgetting ? bytes : Arrays.copyOf(bytes, size);
        bytes = EMPTY;
        return whole;
    }

    /** Drops the bytes received so far; {@link #size} does not change. */
    void drop() {
        bytes = EMPTY;
    }

    private int capacityFor(int needed) {
        if (declared >= 0 && declared <= TRUSTED) {
            return declared;
        }
        int doubled = (int) Math.min(Math.max(ArrayLengths.doubled(bytes.length), needed), limit);
        return declared >= 0 ? Math.min(Math.max(doubled, TRUSTED), declared) : doubled;
    }
}
