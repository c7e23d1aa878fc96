package dev.hasten.schema;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the schemas of a database outlive the server. Used by several threads. */
interface SchemaStore {
    /** A schema that is kept. */
    record Kept(String hash, long bytes, Instant since) {}

    /** What is kept, the newest last. */
    List<Kept> list();

    /** The text of a schema; null when it is not kept. */
    @Nullable
    String read(String hash);

    /**
     * Keeps a schema, also in the place of a damaged copy of it.
     *
     * @throws SchemaStoreException when it cannot be kept; the server works on without
     */
    void write(String hash, String text);

    /** Keeps a schema no longer, if it was kept. */
    void delete(String hash);

    /** Something that should have been kept, or read again, could not be. */
    final class SchemaStoreException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SchemaStoreException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
