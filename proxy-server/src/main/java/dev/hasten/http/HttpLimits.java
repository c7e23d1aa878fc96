package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Limits for clients of a server. There is no limit on the run time of a handler, which sets its own deadline. There is
 * no limit on pipelining either, because a connection runs one request at a time and reads at most 64 KB of further
 * requests ahead.
 *
 * @param headerBytes maximum size of the request line and header lines together, including line ends; 256 or more. If
 *     exceeded: 431, or 414 if the request line alone exceeds it
 * @param bodyBytes maximum size of a request body, for bytes received and for Content-Length; 0 or more. If
 *     exceeded: 413
 * @param timeouts maximum times of each phase of a request
 * @param minBytesPerSecond minimum average rate of a body that takes longer than {@link Timeouts#bodyIdle} and of a response
 *     that takes longer than {@link Timeouts#write}; 0 means no minimum. If a body is slower: 408. If a response is slower:
 *     the connection is closed
 * @param maxConnections maximum number of connections that are served; 1 or more. A connection that exceeds it gets 503
 *     for its first request
 */
public record HttpLimits(
        int headerBytes, int bodyBytes, Timeouts timeouts, long minBytesPerSecond, int maxConnections) {

    /**
     * Maximum times; all positive.
     *
     * @param head from the opening of the connection, or from the first byte of a later head, to the complete head. If
     *     exceeded: 408, or the connection is closed if no byte of a head was received. Also limits the TLS handshake
     * @param body from the head to the complete body. If exceeded: 408
     * @param bodyIdle from the head to the first byte of the body, and between bytes of the body. If exceeded: 408
     * @param write during which a client accepts no byte of a response. If exceeded: the connection is closed
     * @param idle between a response and the first byte of the next request. If exceeded: the connection is closed
     */
    public record Timeouts(Duration head, Duration body, Duration bodyIdle, Duration write, Duration idle) {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a time is not positive; the message names it
         */
        public Timeouts {
            requirePositive(head, "head");
            requirePositive(body, "body");
            requirePositive(bodyIdle, "bodyIdle");
            requirePositive(write, "write");
            requirePositive(idle, "idle");
        }

        private static void requirePositive(Duration duration, String name) {
            if (!duration.isPositive()) {
                throw new IllegalArgumentException("the timeout " + name + " is " + duration + ", must be positive");
            }
        }
    }

    /** Even the head of a simple client needs this much. */
    private static final int SMALLEST_HEADER_BYTES = 256;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public HttpLimits {
        requireNonNull(timeouts, "timeouts is null");
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
    }

    /**
     * The maximum time in nanoseconds for transferring this many bytes: the grace period plus the time at the
     * minimum rate.
     */
    long latestNanos(Duration grace, long bytes) {
        return minBytesPerSecond == 0 ? Long.MAX_VALUE : grace.toNanos() + (long) (bytes * 1e9 / minBytesPerSecond);
    }
}
