package dev.hasten.cache;

import dev.hasten.protocol.CacheStrategy;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the apps of a database may use the cache, as configured by the operator.
 *
 * @param enabled if false, nothing is cached
 * @param sharedByKeys whether all API keys of the database share entries
 * @param invalidation who reports that data has changed
 * @param defaults strategies by model for requests without one; {@value #ANY_MODEL} is for all other models
 */
public record CachePolicy(
        boolean enabled,
        boolean sharedByKeys,
        Invalidation invalidation,
        Limits limits,
        Map<String, CacheStrategy> defaults) {
    /** Stands for all models without a default. */
    public static final String ANY_MODEL = "*";

    /**
     * Limits for what apps request. All are 0 or more.
     *
     * @param maxTtlSeconds a longer ttl is reduced to this
     * @param maxSwrSeconds a longer swr is reduced to this
     * @param maxTags maximum tags of a query, and of an invalidation
     * @param maxEntryBytes a larger response is not stored
     * @param invalidationsPerSecond how many invalidations clients may send, 0 for no limit
     */
    public record Limits(
            long maxTtlSeconds, long maxSwrSeconds, int maxTags, long maxEntryBytes, int invalidationsPerSecond) {
        /** Checks the ranges. */
        public Limits {
            if (maxTtlSeconds < 0
                    || maxSwrSeconds < 0
                    || maxTags < 0
                    || maxEntryBytes < 0
                    || invalidationsPerSecond < 0) {
                throw new IllegalArgumentException("limits must be 0 or more");
            }
        }

        private CacheStrategy applyTo(CacheStrategy strategy) {
            return strategy.limitedTo(maxTtlSeconds, maxSwrSeconds);
        }
    }

    /** Copies the defaults, within the limits. */
    public CachePolicy {
        defaults = defaults.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> limits.applyTo(entry.getValue())));
    }

    /** The strategy for requests without one; {@link CacheStrategy#NONE} if there is no default. */
    public CacheStrategy defaultOf(@Nullable String model) {
        if (model == null || !enabled) {
            return CacheStrategy.NONE;
        }
        CacheStrategy strategy = defaults.get(model);
        return strategy != null ? strategy : defaults.getOrDefault(ANY_MODEL, CacheStrategy.NONE);
    }

    /** A strategy within the limits; {@link CacheStrategy#NONE} if nothing is cached. */
    public CacheStrategy limited(CacheStrategy strategy) {
        return enabled ? limits.applyTo(strategy) : CacheStrategy.NONE;
    }
}
