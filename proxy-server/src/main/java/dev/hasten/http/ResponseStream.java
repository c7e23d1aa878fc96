package dev.hasten.http;

import java.util.concurrent.CompletableFuture;

/**
 * The body of a response that is sent in parts, with the chunked transfer coding. Used by one thread, which waits for the
 * future of a part before it writes the next one: so a slow client slows down the handler, and no part waits in memory.
 */
public final class ResponseStream {
    private final HttpConnection connection;
    private final Exchange exchange;

    ResponseStream(HttpConnection connection, Exchange exchange) {
        this.connection = connection;
        this.exchange = exchange;
    }

    /**
     * Sends a part of the body.
     *
     * @param bytes the array, which must not be modified until the future is complete
     * @param length how many of its bytes to send; 1 or more
     * @return completes when the network has accepted the part; false if the client has disconnected or is too slow
     *     ({@code http.write_timeout}, {@code http.min_bytes_per_second})
     */
    public CompletableFuture<Boolean> write(byte[] bytes, int length) {
        CompletableFuture<Boolean> accepted = new CompletableFuture<>();
        connection.onEventLoop(
                () -> connection.writePart(exchange, bytes, length, accepted), () -> accepted.complete(false));
        return accepted;
    }

    /** Completes the body. The exchange is then over, and its memory must not be used any more. */
    public void end() {
        connection.onEventLoop(() -> connection.endStream(exchange), exchange::closeMemory);
    }
}
