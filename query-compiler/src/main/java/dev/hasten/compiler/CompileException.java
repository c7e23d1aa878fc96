package dev.hasten.compiler;

import org.jspecify.annotations.Nullable;

/** The compiler rejected a query. The message is the compiler's own and can be sent to the client. */
public final class CompileException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable String code;
    private final @Nullable String meta;

    CompileException(String message, @Nullable String code, @Nullable String meta) {
        super(message);
        this.code = code;
        this.meta = meta;
    }

    /** Prisma's error code, such as {@code P2009}; null if the compiler could not interpret the request. */
    public @Nullable String code() {
        return code;
    }

    /** The error's {@code meta} as JSON text; null if there is none. */
    public @Nullable String meta() {
        return meta;
    }
}
