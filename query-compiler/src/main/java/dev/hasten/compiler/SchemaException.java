package dev.hasten.compiler;

/** A Prisma schema cannot be used to compile queries. The message is written for the author of the schema. */
public final class SchemaException extends Exception {
    private static final long serialVersionUID = 1;

    SchemaException(String message) {
        super(message);
    }
}
