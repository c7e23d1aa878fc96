package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What one client may use of a server. There is no limit for the time a handler takes: a request's deadline belongs to
 * whoever runs it. A connection runs one request at a time, so there is none for pipelining either; at most 64 KB of
 * further requests are read ahead.
 *
 * @param headerBytes request line and header lines together, line ends included; 256 or more. Over it: 431, or 414 when
 *     the request line alone is over it
 * @param bodyBytes body of one request, counted as it is read, whatever its Content-Length says; 0 or more. Over it: 413
 * @param bodyTimeout from the head to the first byte of the body, and from there between bytes; positive. Over it: 408
 * @param minBytesPerSecond a body that takes longer than bodyTimeout must come at least so fast, an answer that takes
 *     longer than writeTimeout must be taken at least so fast, on average; 0 for any. Under it: 408, or just a close
 * @param headTimeout from the opening of the connection, or from the first byte of a later head, to the complete head;
 *     positive. Over it: 408, or just a close when no byte of a head came. Also bounds the TLS handshake
 * @param writeTimeout the longest time that a client may take no byte of an answer; positive. Over it: the connection is
 *     closed
 * @param idleTimeout between an answer and the first byte of the next request; positive. Over it: the connection is closed
 * @param maxConnections open connections that are served; 1 or more. A connection over it gets 503 for its first request
 */
public record HttpLimits(
        int headerBytes,
        int bodyBytes,
        Duration bodyTimeout,
        Duration headTimeout,
        Duration writeTimeout,
        Duration idleTimeout,
        long minBytesPerSecond,
        int maxConnections) {

    /** Below this not even the head of a plain client fits. */
    private static final int SMALLEST_HEADER_BYTES = 256;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HttpLimits {
        requireNonNull(bodyTimeout, "bodyTimeout is null");
        requireNonNull(headTimeout, "headTimeout is null");
        requireNonNull(writeTimeout, "writeTimeout is null");
        requireNonNull(idleTimeout, "idleTimeout is null");
        if (headerBytes < SMALLEST_HEADER_BYTES) {
            throw new IllegalArgumentException("headerBytes is " + headerBytes + ", must be 256 or more");
        }
        if (bodyBytes < 0) {
            throw new IllegalArgumentException("bodyBytes is " + bodyBytes + ", must be 0 or more");
        }
        if (minBytesPerSecond < 0) {
            throw new IllegalArgumentException("minBytesPerSecond is " + minBytesPerSecond + ", must be 0 or more");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections is " + maxConnections + ", must be 1 or more");
        }
        requirePositive(bodyTimeout, "bodyTimeout");
        requirePositive(headTimeout, "headTimeout");
        requirePositive(writeTimeout, "writeTimeout");
        requirePositive(idleTimeout, "idleTimeout");
    }

    /** Nanoseconds after which so many bytes must have crossed, when waiting begins with a time of grace. */
    long latestNanos(Duration grace, long bytes) {
        return minBytesPerSecond == 0 ? Long.MAX_VALUE : grace.toNanos() + (long) (bytes * 1e9 / minBytesPerSecond);
    }

    private static void requirePositive(Duration duration, String name) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(name + " is " + duration + ", must be positive");
        }
    }
}
