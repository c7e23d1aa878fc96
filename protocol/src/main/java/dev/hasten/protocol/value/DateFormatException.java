package dev.hasten.protocol.value;

import java.io.Serial;

/**
 * Text or an instant that JavaScript's Date cannot hold ({@code infinity}, a year beyond 275760, malformed text). It is
 * an expected answer to bad data, so it carries no stack trace.
 */
public final class DateFormatException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MAX_SHOWN = 64;

    /** Shows {@code value}, the offending text, cut to 64 characters. */
    public DateFormatException(String value) {
        super(
                "Invalid time value: " + (value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) : value),
                null,
                false,
                false);
    }
}
