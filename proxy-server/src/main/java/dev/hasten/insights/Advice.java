package dev.hasten.insights;

import org.jspecify.annotations.Nullable;

/**
 * A suggestion for the {@code cacheStrategy} of a query.
 *
 * @param kind what to do
 * @param shape id of the shape; null for advice on a tag
 * @param label the model and the operation, or the tag
 * @param calls in the window
 * @param ttlSeconds the suggested ttl; null if none is suggested
 * @param expectedHitRate from 0 to 1; null if none is expected
 * @param savedMs time in PostgreSQL that the suggestion saves in a window like this one, in milliseconds
 * @param text what was seen, and what to do
 * @param line what to paste into the app; null if there is nothing
 */
public record Advice(
        Kind kind,
        String database,
        @Nullable String shape,
        String label,
        @Nullable String sql,
        long calls,
        @Nullable Integer ttlSeconds,
        @Nullable Double expectedHitRate,
        double savedMs,
        String text,
        @Nullable String line) {

    /** What advice is about. */
    public enum Kind {
        /** A query without a strategy that repeats. */
        CACHE,
        /** A query with a strategy whose responses are rarely used. */
        WASTED_TTL,
        /** A tag that was never invalidated. */
        UNUSED_TAG
    }
}
