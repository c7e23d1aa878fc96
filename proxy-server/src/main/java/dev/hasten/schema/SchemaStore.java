package dev.hasten.schema;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores the schemas of a database so that they survive a restart. Thread-safe. */
interface SchemaStore {
    /** A stored schema. */
    record Kept(String hash, long bytes, Instant since) {}

    /** Returns the stored schemas, newest last. */
    List<Kept> list();

    /** Returns the text of a schema, or null if it is not stored. */
    @Nullable
    String read(String hash);

    /**
     * Stores a schema.
     *
     * @throws SchemaStoreException if it cannot be stored; the server continues to work without it
     */
    void write(String hash, String text);

    /** Deletes a schema. Does nothing if it is not stored. */
    void delete(String hash);

    /** A schema cannot be stored, read or deleted. */
    final class SchemaStoreException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SchemaStoreException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
