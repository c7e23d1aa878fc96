package dev.hasten.cache;

/** Who reports that cached data has changed. */
public enum Invalidation {
    /** The app, by tag. */
    TAGS,
    /** The app, and every write that passes through the server. */
    WRITES,
    /** Also the change stream of PostgreSQL, which reports the writes of all others. */
    STREAM
}
