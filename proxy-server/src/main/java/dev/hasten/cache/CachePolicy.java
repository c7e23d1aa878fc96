package dev.hasten.cache;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the operator lets the apps of a database do with the cache.
 *
 * @param enabled false: nothing is cached, whatever the apps ask for
 * @param maxTtlSeconds a longer ttl counts as this one
 * @param maxSwrSeconds a longer swr counts as this one
 * @param maxTags most tags of a query, and of an invalidation
 * @param entryBytes a larger answer is not stored
 * @param sharedByKeys whether all API keys of the database may get the same entry
 * @param invalidationsPerSecond how many invalidations clients may send, 0 for no limit
 * @param defaults strategies by model for requests that name none; {@value #ANY_MODEL} is for all other models
 */
public record CachePolicy(
        boolean enabled,
        long maxTtlSeconds,
        long maxSwrSeconds,
        int maxTags,
        long entryBytes,
        boolean sharedByKeys,
        int invalidationsPerSecond,
        Map<String, CacheStrategy> defaults) {
    /** The model of a default for all models that have none. */
    public static final String ANY_MODEL = "*";

    /** Copies the defaults, within the limits. */
    public CachePolicy {
        defaults = defaults.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, entry -> entry.getValue().limitedTo(maxTtlSeconds, maxSwrSeconds)));
    }

    /**
     * What a request asks for, within the limits.
     *
     * @param cacheControl the header, null when there is none
     * @param tags the header {@code accelerate-cache-tags}, null when there is none
     * @return null when the request names no strategy, so that the default of its model counts
     * @throws ApiError P6005 for a strategy that is not allowed
     */
    public @Nullable CacheStrategy requested(@Nullable String cacheControl, @Nullable String tags) {
        CacheStrategy strategy = CacheStrategy.parse(cacheControl, tags, maxTags);
        return strategy == null ? null : limited(strategy);
    }

    /** What counts for a request that names no strategy; {@link CacheStrategy#NONE} when there is no default. */
    public CacheStrategy defaultOf(@Nullable String model) {
        if (model == null || !enabled) {
            return CacheStrategy.NONE;
        }
        CacheStrategy strategy = defaults.get(model);
        return strategy != null ? strategy : defaults.getOrDefault(ANY_MODEL, CacheStrategy.NONE);
    }

    /** A strategy within the limits; {@link CacheStrategy#NONE} when nothing is cached at all. */
    public CacheStrategy limited(CacheStrategy strategy) {
        return enabled ? strategy.limitedTo(maxTtlSeconds, maxSwrSeconds) : CacheStrategy.NONE;
    }
}
