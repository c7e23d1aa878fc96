package dev.hasten.http;

/** A server that cannot start: the address is taken, a certificate or key is unusable. The message is for the operator. */
public final class HttpServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what failed, naming the address or file. */
    public HttpServerException(String message) {
        super(message);
    }

    /** With what failed, naming the address or file, and its cause. */
    public HttpServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
