package dev.hasten.cache;

/**
 * A response and how the cache obtained it.
 *
 * @param ageSeconds whole seconds since it was read
 * @param leader whether the request that gets the response ran the query itself
 */
public record CachedResponse(CachedBody body, Freshness freshness, long ageSeconds, boolean leader) {

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
