package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The retained parts of a response. There is one instance per connection, which is reused for all responses. */
public final class Response {
    /** Bytes of the body that are kept: enough for a transaction id and the start of all other bodies. */
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

    /** Length of the body in bytes. */
    public long bodyLength() {
        return bodyLength;
    }

    /** The cache status. */
    public CacheStatus cacheStatus() {
        return cacheStatus;
    }

    /** The header {@code Prisma-Error-Code}, or "". */
    public String errorCode() {
        return errorCode;
    }

    /** Whether the server closes the connection after this response. */
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
