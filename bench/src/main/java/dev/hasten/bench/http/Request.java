package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/** A POST request that is encoded except for the values of its slots. Immutable. */
public final class Request {
    /**
     * The headers of {@code @prisma/client} 7.10.0, except Accept-Encoding, because compression is not to be measured.
     */
    private static final String HEADERS = """
            accept: application/json\r
            content-type: application/json\r
            prisma-engine-hash: 7.10.0\r
            prisma-engine-version: 0edf323efd1d98336f3f0a68684b56f689b900d3\r
            x-capture-telemetry: error\r
            accept-language: *\r
            sec-fetch-mode: cors\r
            """;

    private static final String USER_AGENT =
            "Hasten-Bench PrismaEngine/0edf323efd1d98336f3f0a68684b56f689b900d3 PrismaClient/7.10.0";

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(US_ASCII);

    private final Template head;
    private final Template body;

    private Request(Template head, Template body) {
        this.head = head;
        this.body = body;
    }

    /**
     * Creates a request without a cache strategy.
     *
     * @param path may have slots
     * @param body JSON; may have slots and may be empty
     */
    public static Request of(Target target, String path, String body) {
        return of(target, path, "", body);
    }

    /**
     * Creates a request with a cache strategy.
     *
     * @param strategy headers as sent by {@code @prisma/extension-accelerate}, each with its line end
     */
    public static Request of(Target target, String path, String strategy, String body) {
        String head = "POST " + path + " HTTP/1.1\r\n"
                + "host: " + target.authority() + "\r\n"
                + "connection: keep-alive\r\n"
                + "authorization: Bearer " + target.key() + "\r\n"
                + HEADERS
                + "user-agent: " + USER_AGENT + "\r\n"
                + strategy
                + "content-length: ";
        return new Request(Template.of(head), Template.of(body));
    }

    /** The number of bytes written by {@link #write}. */
    int length(Values values) {
        int body = this.body.length(values);
        return head.length(values) + Values.digits(body) + END_OF_HEAD.length + body;
    }

    void write(ByteBuf out, Values values) {
        head.write(out, values);
        Values.writeDecimal(out, body.length(values));
        out.writeBytes(END_OF_HEAD);
        body.write(out, values);
    }

    /** Encodes the request into a new buffer, which the caller must release. */
    public ByteBuf encode(io.netty.buffer.ByteBufAllocator allocator, Values values) {
        ByteBuf out = allocator.directBuffer(length(values));
        write(out, values);
        return out;
    }
}
