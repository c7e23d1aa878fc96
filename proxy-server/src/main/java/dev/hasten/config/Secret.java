package dev.hasten.config;

/**
 * A text that must not be printed: {@link #toString()} masks it, so that a record holding one is safe to log.
 *
 * @param value the text itself
 */
public record Secret(String value) {
    /** What stands in for a secret wherever one would be shown. */
    public static final String MASK = "****";

    @Override
    public String toString() {
        return MASK;
    }
}
