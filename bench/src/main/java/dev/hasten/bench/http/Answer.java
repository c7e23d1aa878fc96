package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What is kept of an answer. One for each connection, used again for every answer. */
public final class Answer {
    /** Enough for the id of a transaction, and the beginning of everything else. */
    private static final int KEPT = 256;

    private final byte[] start = new byte[KEPT];
    private int kept;
    int status;
    long bodyLength;
    CacheStatus cacheStatus = CacheStatus.ABSENT;
    String errorCode = "";
    boolean closes;

    void clear() {
        kept = 0;
        status = 0;
        bodyLength = 0;
        cacheStatus = CacheStatus.ABSENT;
        errorCode = "";
        closes = false;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Bytes of the body. */
    public long bodyLength() {
        return bodyLength;
    }

    /** What the cache says. */
    public CacheStatus cacheStatus() {
        return cacheStatus;
    }

    /** The header {@code Prisma-Error-Code}, or "". */
    public String errorCode() {
        return errorCode;
    }

    /** Whether the server closes the connection behind it. */
    public boolean closes() {
        return closes;
    }

    /** The first bytes of the body. */
    public String start() {
        return new String(start, 0, kept, UTF_8);
    }

    boolean startsWith(Template prefix, Values values) {
        return prefix.isPrefixOf(start, kept, values);
    }

    void body(io.netty.buffer.ByteBuf in, int length) {
        int wanted = Math.min(length, KEPT - kept);
        if (wanted > 0) {
            in.getBytes(in.readerIndex(), start, kept, wanted);
            kept += wanted;
        }
        in.skipBytes(length);
        bodyLength += length;
    }
}
