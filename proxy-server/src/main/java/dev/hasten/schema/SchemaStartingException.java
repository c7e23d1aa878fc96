package dev.hasten.schema;

import java.io.Serial;

/** A request reached its time limit while the compiler was still reading the schema. Has no stack trace. */
public final class SchemaStartingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    SchemaStartingException() {
        super("the Prisma schema is being read", null, false, false);
    }
}
