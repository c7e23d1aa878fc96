package dev.hasten.cli;

import java.io.Serial;

/** A server could not be notified of a changed schema. The message is one line of text without the key or token. */
final class SchemaChangeException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    SchemaChangeException(String message) {
        super(message);
    }

    SchemaChangeException(String message, Throwable cause) {
        super(message, cause);
    }
}
