package dev.hasten.protocol.value;

import java.io.Serial;

/**
 * A text or an instant that JavaScript's Date cannot represent ({@code infinity}, a year beyond 275760, malformed
 * text). It has no stack trace because it is an expected result of bad data.
 */
public final class DateFormatException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MAX_SHOWN = 64;

    /** Creates an exception; the message contains the invalid text, truncated to 64 characters. */
    public DateFormatException(String value) {
        super(
                "Invalid time value: " + (value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) : value),
                null,
                false,
                false);
    }
}
