package dev.hasten.cache;

import dev.hasten.insights.QueryShape;
import org.jspecify.annotations.Nullable;

/**
 * A response and how the cache obtained it.
 *
 * @param ageSeconds whole seconds since it was read
 * @param shape which query it is, for statistics; null if it is not known
 * @param leader whether the request that gets the response ran the query itself
 */
public record CachedResponse(
        CachedBody body,
        Freshness freshness,
        long ageSeconds,
        boolean leader,
        @Nullable QueryShape shape) {

    /** How fresh a response is. */
    public enum Freshness {
        /** Stored, and within its ttl. */
        FRESH,
        /** Stored, and past its ttl by less than its swr. */
        STALE,
        /** Just read. */
        MISS
    }
}
