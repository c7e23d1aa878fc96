package dev.hasten.postgres;

/** What statements may change. */
public enum Access {
    /** Everything that the database role may do. */
    READ_WRITE,
    /** Only what PostgreSQL allows in a read-only transaction. Transactions are rolled back. */
    READ_ONLY,
    /** Nothing: any statement is allowed, but transactions are rolled back. */
    ROLLED_BACK
}
