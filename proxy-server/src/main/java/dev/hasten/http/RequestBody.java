package dev.hasten.http;

import dev.hasten.memory.ArrayLengths;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Gathers the body of one request. Memory follows the bytes that have come: a Content-Length reserves at most
 * {@link #TRUSTED} bytes. Copying beats keeping the received buffers, because a client that sends one byte at a time
 * would make each byte hold a whole receive buffer.
 */
final class RequestBody {
    /** The largest array made on a client's word. */
    static final int TRUSTED = ArrayLengths.ofBytes(64 << 10);

    private static final byte[] EMPTY = {};

    private final int limit;
    /** The declared length, -1 when the body is chunked. */
    private final int declared;
    /** A request that is answered without a handler: its body is counted and forgotten. */
    private final boolean forgetting;

    private byte[] bytes = EMPTY;
    private int size;

    /** For a body of a declared length up to the limit, or of unknown length (-1). */
    RequestBody(int declared, int limit, boolean forgetting) {
        this.declared = declared;
        this.limit = limit;
        this.forgetting = forgetting;
    }

    /** Takes a piece; false when it does not fit into the limit any more. The piece stays the caller's. */
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

    /** Bytes that have come. */
    int size() {
        return size;
    }

    /**
     * Reserves the memory of what has come, because the rest may take its time.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException when there is no room for it
     */
    void reserve(Reservation memory) {
        memory.set(MemoryUse.REQUESTS, bytes.length);
    }

    /** The whole body, empty when it was to be forgotten. This object keeps nothing of it. */
    byte[] finish() {
        byte[] whole = bytes.length == size || forgetting ? bytes : Arrays.copyOf(bytes, size);
        bytes = EMPTY;
        return whole;
    }

    /** Drops what has come; {@link #size} stays. */
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
