package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/**
 * Decodes HTTP/1.1 responses incrementally and keeps only the parts in {@link Response}. A load generator shares the
 * machine with the server that it measures, so this does only a small part of the work of a general-purpose decoder.
 */
public final class AnswerDecoder {
    private static final int LONGEST_LINE = 16 * 1024;

    private static final byte[] CONTENT_LENGTH = "content-length".getBytes(US_ASCII);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding".getBytes(US_ASCII);
    private static final byte[] CACHE_STATUS = "accelerate-cache-status".getBytes(US_ASCII);
    private static final byte[] ERROR_CODE = "prisma-error-code".getBytes(US_ASCII);
    private static final byte[] CONNECTION = "connection".getBytes(US_ASCII);

    private enum State {
        STATUS_LINE,
        HEADER,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER
    }

    private final Response response;
    private final byte[] line = new byte[LONGEST_LINE];
    private int lineLength;
    private State state = State.STATUS_LINE;
    private boolean chunked;
    private long remaining;

    /** @param response overwritten by each response */
    public AnswerDecoder(Response response) {
        this.response = response;
    }

    /** Discards a partial response, because the next bytes belong to a new connection. */
    public void reset() {
        state = State.STATUS_LINE;
        lineLength = 0;
    }

    /**
     * Decodes the next bytes.
     *
     * @return whether the response is complete; the bytes after it stay in the buffer
     * @throws ProtocolException if the bytes are not a valid response
     */
    public boolean read(ByteBuf in) {
        while (in.isReadable()) {
            switch (state) {
                case BODY, CHUNK -> {
                    int length = (int) Math.min(remaining, in.readableBytes());
                    response.body(in, length);
                    remaining -= length;
                    if (remaining == 0) {
                        if (state == State.BODY) {
                            state = State.STATUS_LINE;
                            return true;
                        }
                        state = State.CHUNK_END;
                    }
                }
                case STATUS_LINE, HEADER, CHUNK_SIZE, CHUNK_END, TRAILER -> {
                    if (readLine(in) && takeLine()) {
                        state = State.STATUS_LINE;
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Reads into {@link #line}. Returns whether the line is complete; the line end is not included. */
    private boolean readLine(ByteBuf in) {
        int before = in.bytesBefore((byte) '\n');
        int length = before < 0 ? in.readableBytes() : before;
        if (lineLength + length > LONGEST_LINE) {
            throw new ProtocolException("a header line is too long");
        }
        in.readBytes(line, lineLength, length);
        lineLength += length;
        if (before < 0) {
            return false;
        }
        in.skipBytes(1);
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
            lineLength--;
        }
        return true;
    }

    /** Processes a line. Returns whether the response is complete. */
    private boolean takeLine() {
        int length = lineLength;
        lineLength = 0;
        switch (state) {
            case STATUS_LINE -> {
                statusLine(length);
                state = State.HEADER;
            }
            case HEADER -> {
                if (length == 0) {
                    return endOfHead();
                }
                header(length);
            }
            case CHUNK_SIZE -> {
                remaining = hexadecimal(length);
                state = remaining == 0 ? State.TRAILER : State.CHUNK;
            }
            case CHUNK_END -> state = State.CHUNK_SIZE;
            case TRAILER -> {
                return length == 0;
            }
            case BODY, CHUNK -> throw new IllegalStateException("a body has no lines");
        }
        return false;
    }

    private void statusLine(int length) {
        // HTTP/1.1 200 OK
        if (length < 12 || line[0] != 'H' || line[8] != ' ') {
            throw new ProtocolException("not an HTTP/1.1 response");
        }
        response.clear();
        response.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0';
        chunked = false;
        remaining = -1;
    }

    private boolean endOfHead() {
        if (response.status < 200) {
            state = State.STATUS_LINE;
            return false;
        }
        if (chunked) {
            state = State.CHUNK_SIZE;
            return false;
        }
        if (remaining < 0 && response.status != 204 && response.status != 304) {
            throw new ProtocolException("a response without a length");
        }
        state = State.BODY;
        return remaining <= 0;
    }

    /** Header names are distinguished by their lengths first, which differ for all but two of the relevant ones. */
    private void header(int length) {
        int colon = 0;
        while (colon < length && line[colon] != ':') {
            colon++;
        }
        int from = colon + 1;
        while (from < length && line[from] == ' ') {
            from++;
        }
        switch (colon) {
            case 14 -> {
                if (nameIs(CONTENT_LENGTH)) {
                    remaining = decimal(from, length);
                }
            }
            case 17 -> {
                if (nameIs(TRANSFER_ENCODING)) {
                    chunked = true;
                } else if (nameIs(ERROR_CODE)) {
                    response.errorCode = new String(line, from, length - from, US_ASCII);
                }
            }
            case 23 -> {
                if (nameIs(CACHE_STATUS)) {
                    response.cacheStatus = CacheStatus.of(line, from, length);
                }
            }
            case 10 -> {
                if (nameIs(CONNECTION)) {
                    response.closes = length - from == 5 && (line[from] | 0x20) == 'c';
                }
            }
            default -> {
                // Not relevant.
            }
        }
    }

    private boolean nameIs(byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if ((line[i] | 0x20) != name[i] && line[i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private long decimal(int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9 || number > Integer.MAX_VALUE) {
                throw new ProtocolException("a content-length that is not a number");
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private long hexadecimal(int length) {
        long number = 0;
        int i = 0;
        for (; i < length && line[i] != ';' && line[i] != ' '; i++) {
            int digit = Character.digit(line[i], 16);
            if (digit < 0 || number > Integer.MAX_VALUE) {
                throw new ProtocolException("a chunk without a size");
            }
            number = number * 16 + digit;
        }
        if (i == 0) {
            throw new ProtocolException("a chunk without a size");
        }
        return number;
    }
}
