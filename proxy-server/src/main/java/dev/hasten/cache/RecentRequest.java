package dev.hasten.cache;

import dev.hasten.protocol.CacheStrategy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a request used the cache, for operators.
 *
 * @param id of the request
 * @param clientId the id that the client has given it; null if it has given none
 * @param key null if it was not computed, because the request asked for nothing that needs it
 * @param freshness how fresh the response was; null if the request did not use the cache
 * @param strategy what applied to the request; null for the default of the query's model, if the model was not known
 * @param model the model of the query; null if it has none or was answered without parsing it
 * @param uncached why the request did not use the cache; null if it did
 * @param bytes size of the response; 0 if the request did not use the cache
 */
public record RecentRequest(
        String id,
        @Nullable String clientId,
        String database,
        Instant at,
        @Nullable CacheKey key,
        CachedResponse.@Nullable Freshness freshness,
        @Nullable CacheStrategy strategy,
        @Nullable String model,
        @Nullable Uncached uncached,
        RelationIds relations,
        long bytes) {
    private static final int LONGEST_TEXT = 200;
    private static final int MOST_RELATIONS = 100;

    /** Shortens what could take much memory. */
    public RecentRequest {
        model = model == null ? null : shortened(model);
        if (uncached != null && uncached.detail().length() > LONGEST_TEXT) {
            uncached = new Uncached(uncached.reason(), shortened(uncached.detail()));
        }
        relations = relations.size() > MOST_RELATIONS ? RelationIds.NONE : relations;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }
}
