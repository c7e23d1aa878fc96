package dev.hasten.bench.http;

/** The header {@code accelerate-cache-status} of an answer. */
public enum CacheStatus {
    /** Fresh from the cache. */
    TTL,
    /** Stale from the cache, refreshed behind. */
    SWR,
    /** Read from PostgreSQL, by this request or by one that asked the same. */
    MISS,
    /** The server does not cache it. */
    NONE,
    /** There is no such header. */
    ABSENT;

    /** The status with a text such as {@code ttl}, written at a place of a buffer; ABSENT for any other. */
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
