package dev.hasten.compiler;

/** A Prisma schema that queries cannot be compiled against. The message is meant for the schema's author. */
public final class SchemaException extends Exception {
    private static final long serialVersionUID = 1;

    SchemaException(String message) {
        super(message);
    }
}
