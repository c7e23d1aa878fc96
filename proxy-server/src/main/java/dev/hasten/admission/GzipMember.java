package dev.hasten.admission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates gzip data that consists of one member (RFC 1952). {@link java.util.zip.GZIPInputStream} accepts several, and calls
 * itself for each empty one, so that a small body exhausts the stack.
 */
final class GzipMember implements AutoCloseable {
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int TRAILER_BYTES = 8;

    private final ByteBuffer data;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();

    /** @throws IOException if the data does not start with a header */
    GzipMember(byte[] compressed) throws IOException {
        this.data = ByteBuffer.wrap(compressed).order(ByteOrder.LITTLE_ENDIAN);
        require(data.remaining() >= 10 && (data.getShort() & 0xffff) == MAGIC && data.get() == DEFLATE);
        int flags = data.get();
        skip(6);
        if ((flags & EXTRA) != 0) {
            require(data.remaining() >= 2);
            skip(data.getShort() & 0xffff);
        }
        for (int text : new int[] {NAME, COMMENT}) {
            if ((flags & text) != 0) {
                skipText();
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.setInput(data);
    }

    /**
     * Reads the next bytes.
     *
     * @param length 1 or more
     * @return how many bytes were read; -1 at the end
     * @throws IOException if the data is damaged, or does not end with the member
     */
    int read(byte[] target, int offset, int length) throws IOException {
        try {
            int read = inflater.inflate(target, offset, length);
            crc.update(target, offset, read);
            if (read == 0) {
                require(inflater.finished());
                checkTrailer();
                return -1;
            }
            return read;
        } catch (DataFormatException e) {
            throw new IOException(e);
        }
    }

    private void checkTrailer() throws IOException {
        require(data.remaining() == TRAILER_BYTES
                && data.getInt() == (int) crc.getValue()
                && data.getInt() == (int) inflater.getBytesWritten());
    }

    private void skip(int bytes) throws IOException {
        require(data.remaining() >= bytes);
        data.position(data.position() + bytes);
    }

    private void skipText() throws IOException {
        do {
            require(data.hasRemaining());
        } while (data.get() != 0);
    }

    private static void require(boolean valid) throws IOException {
        if (!valid) {
            throw new IOException("not one member of gzip");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
