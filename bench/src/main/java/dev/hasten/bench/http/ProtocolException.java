package dev.hasten.bench.http;

/** A server's bytes that are no answer. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what is wrong with them */
    public ProtocolException(String message) {
        super(message);
    }
}
