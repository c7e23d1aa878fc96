package dev.hasten.admission;

import dev.hasten.http.Exchange;
import dev.hasten.memory.ArrayLengths;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ApiError;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** Request bodies with {@code Content-Encoding: gzip} (RFC 9110, section 8.4). */
final class CompressedBody {
    private static final int FIRST_LENGTH = ArrayLengths.ofBytes(64 << 10);

    private CompressedBody() {}

    /**
     * Whether the body must be inflated.
     *
     * @throws ApiError 415 if the body has another encoding
     */
    static boolean isCompressed(Exchange exchange) {
        String encoding = exchange.header("content-encoding");
        if (encoding == null || encoding.equalsIgnoreCase("identity")) {
            return false;
        }
        return switch (encoding.toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> exchange.body().length > 0;
            default ->
                throw ApiError.of(
                        415, "P6000", "Unsupported Content-Encoding: send the body with gzip, or without an encoding");
        };
    }

    /**
     * Replaces the body by the inflated one. A small body can inflate to a thousand times its size, so memory is reserved
     * before it is allocated.
     *
     * @throws ApiError 400 if the body is not valid, 413 if it is larger than {@code http.max_body_bytes}
     * @throws dev.hasten.memory.MemoryExhaustedException if there is not enough memory
     */
    static void inflate(Exchange exchange) {
        byte[] compressed = exchange.body();
        int limit = exchange.maxBodyBytes();
        byte[] inflated = {};
        int size = 0;
        try (GzipMember in = new GzipMember(compressed)) {
            while (true) {
                if (size > limit) {
                    throw ApiError.of(
                            413,
                            "P5000",
                            "The inflated request body is larger than the limit of " + limit
                                    + " bytes (http.max_body_bytes).");
                }
                if (size == inflated.length) {
                    // One byte more than the limit shows that there is more.
                    int length = (int)
                            Math.min(size == 0 ? FIRST_LENGTH : ArrayLengths.doubled(inflated.length), limit + 1L);
                    exchange.memory().set(MemoryUse.REQUESTS, (long) compressed.length + inflated.length + length);
                    inflated = Arrays.copyOf(inflated, length);
                }
                int read = in.read(inflated, size, inflated.length - size);
                if (read < 0) {
                    break;
                }
                size += read;
            }
        } catch (IOException e) {
            throw ApiError.badRequest("The request body is not valid gzip, as its Content-Encoding says");
        }
        exchange.replaceBody(Arrays.copyOf(inflated, size));
        exchange.memory().set(MemoryUse.REQUESTS, size);
    }
}
