package dev.hasten.cli;

import java.io.Serial;

/** A server could not be notified of a changed schema. The message is one line of text without the key or token. */
final class SchemaHookException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    SchemaHookException(String message) {
        super(message);
    }

    SchemaHookException(String message, Throwable cause) {
        super(message, cause);
    }
}
