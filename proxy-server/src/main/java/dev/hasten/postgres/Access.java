package dev.hasten.postgres;

/** Whether the statements of an API key may write. */
public enum Access {
    /** Everything that the database role may do. */
    READ_WRITE,
    /** Only what PostgreSQL allows in a read-only transaction. */
    READ_ONLY
}
