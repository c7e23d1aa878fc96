package dev.hasten.compiler;

import org.jspecify.annotations.Nullable;

/**
 * The compiler broke down: a panic in its code, its memory or stack exhausted, its time over. The instance is unusable
 * afterwards. The message is safe to show; {@link #detail} and the cause are for the log only.
 */
public final class CompilerPanicException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final @Nullable String detail;

    CompilerPanicException(String message, @Nullable String detail, @Nullable Throwable cause) {
        super(message, cause);
        this.detail = detail;
    }

    /** What the compiler said when it panicked, which may quote the schema or the query; null if it said nothing. */
    public @Nullable String detail() {
        return detail;
    }
}
