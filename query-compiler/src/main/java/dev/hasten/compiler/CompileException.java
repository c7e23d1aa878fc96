package dev.hasten.compiler;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The compiler rejected a query. The message is the compiler's own and can be sent to the client. */
public final class CompileException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable String code;
    private final transient @Nullable JsonNode meta;

    CompileException(String message, @Nullable String code, @Nullable JsonNode meta) {
        super(message);
        this.code = code;
        this.meta = meta;
    }

    /** Prisma's error code, such as {@code P2009}; null if the compiler could not interpret the request. */
    public @Nullable String code() {
        return code;
    }

    /** The error's {@code meta} ; null if there is none. */
    public @Nullable JsonNode meta() {
        return meta;
    }
}
