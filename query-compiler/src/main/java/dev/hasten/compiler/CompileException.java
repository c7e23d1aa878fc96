package dev.hasten.compiler;

import org.jspecify.annotations.Nullable;

/** A query that the compiler refuses, with the compiler's own message; meant for the client. */
public final class CompileException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable String code;
    private final @Nullable String meta;

    CompileException(String message, @Nullable String code, @Nullable String meta) {
        super(message);
        this.code = code;
        this.meta = meta;
    }

    /** Prisma's error code, such as {@code P2009}; null when the request is none that the compiler knows. */
    public @Nullable String code() {
        return code;
    }

    /** The error's {@code meta} as JSON text; null without one. */
    public @Nullable String meta() {
        return meta;
    }
}
