package dev.hasten.bench.http;

/** The header {@code accelerate-cache-status} of a response. */
public enum CacheStatus {
    /** Fresh from the cache. */
    TTL,
    /** Stale from the cache, refreshed in the background. */
    SWR,
    /** Read from PostgreSQL, by this request or an equivalent one. */
    MISS,
    /** Not cached by the server. */
    NONE,
    /** The header is absent. */
    ABSENT;

    /** The status for a text such as {@code ttl} in a buffer; ABSENT for any other text. */
    static CacheStatus of(byte[] line, int from, int to) {
        int length = to - from;
        if (length == 3) {
            return switch (line[from]) {
                case 't' -> TTL;
                case 's' -> SWR;
                default -> ABSENT;
            };
        }
        return length != 4 ? ABSENT : line[from] == 'm' ? MISS : line[from] == 'n' ? NONE : ABSENT;
    }
}
