package dev.hasten.cli;

import java.io.Serial;

/** A call to a running server failed. The message is one line of text without the key or token. */
final class ServerClientException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    ServerClientException(String message) {
        super(message);
    }

    ServerClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
