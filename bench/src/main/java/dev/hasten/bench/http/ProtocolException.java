package dev.hasten.bench.http;

/** The server sent bytes that are not a valid response. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message the problem */
    public ProtocolException(String message) {
        super(message);
    }
}
