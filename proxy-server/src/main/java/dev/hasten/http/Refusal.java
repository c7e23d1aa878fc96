package dev.hasten.http;

import dev.hasten.memory.MemoryExhaustedException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.time.Duration;

/**
 * An error response of the HTTP layer itself. The codes are from Prisma's documented list: P5000 "could not be
 * understood", P5003 "does not exist", P5009 "timed out", P5011 "too many requests", P6000 server error.
 *
 * @param status HTTP status
 * @param code Prisma error code
 * @param message human-readable text; never contains anything that the client sent
 */
record Refusal(int status, String code, String message) {
    static final Refusal NOT_FOUND = new Refusal(404, "P5003", "Unknown path; check the URL.");
    static final Refusal METHOD_NOT_ALLOWED =
            new Refusal(405, "P5000", "Method not allowed for this path; see the Allow header.");
    static final Refusal UNKNOWN_EXPECTATION =
            new Refusal(417, "P5000", "Unsupported Expect header; only 100-continue is supported.");
    static final Refusal VERSION = new Refusal(505, "P5000", "Unsupported HTTP version; use HTTP/1.1 or HTTP/1.0.");

    static final Refusal KEY_MEMORY = new Refusal(
            429,
            "P5011",
            "The requests of this API key have reached their memory limit (see memory.budget). Try again later.");
    static final Refusal DATABASE_MEMORY = new Refusal(
            503,
            "P5011",
            "The requests of this database have reached their memory limit (see memory.budget). Try again later.");

    static Refusal tooManyConnections(int limit) {
        return new Refusal(
                503,
                "P5011",
                "The server has reached its limit of " + limit
                        + " connections (http.max_connections). Try again later.");
    }

    static Refusal headTimeout(Duration limit) {
        return new Refusal(
                408,
                "P5009",
                "The request head did not arrive within the limit of " + limit.toMillis() + " ms (http.head_timeout).");
    }

    static Refusal bodyTimeout(HttpLimits limits) {
        return new Refusal(
                408,
                "P5009",
                ("The request body arrived too slowly. Limits: %d ms for the whole body (http.body_timeout), %d"
                                + " ms between two parts (http.body_idle_timeout), and a minimum average of %d bytes"
                                + " per second (http.min_bytes_per_second).")
                        .formatted(
                                limits.timeouts().body().toMillis(),
                                limits.timeouts().bodyIdle().toMillis(),
                                limits.minBytesPerSecond()));
    }

    static Refusal bodyTooLarge(int limitBytes) {
        return new Refusal(
                413,
                "P5000",
                "The request body is larger than the limit of " + limitBytes + " bytes (http.max_body_bytes).");
    }

    static Refusal targetTooLong(int limitBytes) {
        return new Refusal(
                414,
                "P5000",
                "The request line is longer than the limit of " + limitBytes
                        + " bytes for the request head (http.max_header_bytes).");
    }

    static Refusal headTooLarge(int limitBytes) {
        return new Refusal(
                431,
                "P5000",
                "The request head (request line and headers) is larger than the limit of " + limitBytes
                        + " bytes (http.max_header_bytes).");
    }

    /** The response for a request that exceeds the memory budget. */
    static Refusal of(MemoryExhaustedException cause) {
        return switch (cause.share()) {
            case KEY -> KEY_MEMORY;
            case DATABASE -> DATABASE_MEMORY;
        };
    }

    /** Whether the same request may succeed if it is retried. */
    boolean isTemporary() {
        return status == 503 || status == 429;
    }

    /**
     * The response for input that Netty's parser rejects.
     *
     * @param inBody whether the parser was reading a body, where the only lines are chunk headers
     * @param headerBytes the limit for a head
     */
    static Refusal of(Throwable cause, boolean inBody, int headerBytes) {
        if (cause instanceof TooLongHttpLineException) {
            return inBody ? malformed("a chunk header is too long") : targetTooLong(headerBytes);
        }
        return cause instanceof TooLongHttpHeaderException
                ? headTooLarge(headerBytes)
                : malformed("it does not follow the grammar of HTTP/1.1");
    }

    static Refusal malformed(String message) {
        return new Refusal(400, "P5000", "Malformed request: " + message + ".");
    }

    static Refusal failedHandler(String requestId) {
        return new Refusal(500, "P6000", "Internal server error (request id " + requestId + ")");
    }
}
