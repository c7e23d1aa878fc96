package dev.hasten.postgres;

import java.io.Serial;

/** The change stream cannot be opened, or it broke. The message says what to do about it. */
public final class ChangeFeedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    ChangeFeedException(String message, Throwable cause) {
        super(message, cause);
    }

    public ChangeFeedException(String message) {
        super(message);
    }
}
