package dev.hasten.http;

/**
 * The server cannot start, for example because the address is in use or a certificate or key is unusable. The message
 * is written for the operator.
 */
public final class HttpServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message must contain the address or file that failed. */
    public HttpServerException(String message) {
        super(message);
    }

    /** Creates an exception with a cause; the message must contain the address or file that failed. */
    public HttpServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
