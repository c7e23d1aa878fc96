package dev.hasten.cache;

import dev.hasten.protocol.CacheStrategy;
import java.time.Instant;
import java.util.List;

/**
 * A stored response, for operators.
 *
 * @param readAt when it was read from PostgreSQL
 * @param ageSeconds whole seconds since then
 * @param keptSeconds ttl and swr of the request that stored it: how long after {@code readAt} it can be used
 * @param bytes size of the response
 * @param relations what it was read from; empty if changes of relations are not recorded
 * @param defaultStrategy for requests without a strategy
 * @param generation when its query started
 * @param current false if it was invalidated, and will not be used again
 */
public record StoredEntry(
        CacheKey key,
        Instant readAt,
        long ageSeconds,
        long keptSeconds,
        long bytes,
        List<String> tags,
        RelationIds relations,
        CacheStrategy defaultStrategy,
        long generation,
        boolean current) {}
