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
 * @param bodyTimeout maximum time from the head to the first byte of the body, and between bytes of the body; positive.
 *     If exceeded: 408
 * @param minBytesPerSecond minimum average rate of a body that takes longer than bodyTimeout and of a response that
 *     takes longer than writeTimeout; 0 means no minimum. If a body is slower: 408. If a response is slower: the
 *     connection is closed
 * @param headTimeout maximum time from the opening of the connection, or from the first byte of a later head, to the
 *     complete head; positive. If exceeded: 408, or the connection is closed if no byte of a head was received. Also
 *     limits the TLS handshake
 * @param writeTimeout maximum time during which a client accepts no byte of a response; positive. If exceeded: the
 *     connection is closed
 * @param idleTimeout maximum time between a response and the first byte of the next request; positive. If exceeded: the
 *     connection is closed
 * @param maxConnections maximum number of connections that are served; 1 or more. A connection that exceeds it gets 503
 *     for its first request
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

    /** Even the head of a simple client needs this much. */
    private static final int SMALLEST_HEADER_BYTES = 256;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
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

    /**
     * The maximum time in nanoseconds for transferring this many bytes: the grace period plus the time at the
     * minimum rate.
     */
    long latestNanos(Duration grace, long bytes) {
        return minBytesPerSecond == 0 ? Long.MAX_VALUE : grace.toNanos() + (long) (bytes * 1e9 / minBytesPerSecond);
    }

    private static void requirePositive(Duration duration, String name) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(name + " is " + duration + ", must be positive");
        }
    }
}
