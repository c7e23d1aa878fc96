package dev.hasten.config;

/**
 * A text that must not be printed. {@link #toString()} masks it, so a record that contains one is safe to log.
 *
 * @param value the text itself
 */
public record Secret(String value) {
    /** Shown in place of a secret. */
    public static final String MASK = "****";

    @Override
    public String toString() {
        return MASK;
    }
}
