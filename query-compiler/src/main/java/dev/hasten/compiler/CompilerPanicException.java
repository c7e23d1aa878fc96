package dev.hasten.compiler;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The compiler crashed: a panic in its code, exhausted memory or stack, or a timeout. The instance is unusable
 * afterwards. The message is safe to show to clients, and {@link #location} is safe for the log.
 */
public final class CompilerPanicException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Pattern LOCATION = Pattern.compile("panicked at [\\w/.@-]+:\\d+:\\d+");

    private final @Nullable String detail;

    CompilerPanicException(String message, @Nullable String detail, @Nullable Throwable cause) {
        super(message, cause);
        this.detail = detail;
    }

    /** The compiler's panic message, which may quote the schema or the query; null if there is none. */
    @Nullable
    String detail() {
        return detail;
    }

    /** Returns where the compiler crashed, without quoting the schema or the query; "unknown" if it did not say. */
    public String location() {
        Matcher location = LOCATION.matcher(detail == null ? "" : detail);
        return location.lookingAt() ? location.group() : "unknown";
    }
}
