package dev.hasten.protocol;

/** What the statements of an API key may do. */
public enum Access {
    /** All that the database's role may. */
    READ_WRITE,
    /** What PostgreSQL lets statements do in a read-only transaction. */
    READ_ONLY
}
