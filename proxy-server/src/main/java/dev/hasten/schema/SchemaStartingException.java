package dev.hasten.schema;

import java.io.Serial;

/** The time of a request was over before the compiler had read the schema, which goes on. It has no stack trace. */
public final class SchemaStartingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    SchemaStartingException() {
        super("the Prisma schema is being read", null, false, false);
    }
}
