package dev.hasten.cache;

/**
 * An answer and how the cache came by it.
 *
 * @param ageSeconds whole seconds since it was read
 * @param own whether the request that gets it has read it itself
 */
public record CachedAnswer(CachedBody body, Freshness freshness, long ageSeconds, boolean own) {

    /** What {@code accelerate-cache-status} says. */
    public enum Freshness {
        /** Stored, and within its ttl. */
        TTL("ttl"),
        /** Stored, and past its ttl by less than swr. */
        SWR("swr"),
        /** Just read. */
        MISS("miss"),
        /** Just read, for a request that the cache has nothing to do with. */
        NONE("none");

        private final String text;

        Freshness(String text) {
            this.text = text;
        }

        /** The header's value. */
        public String text() {
            return text;
        }
    }
}
