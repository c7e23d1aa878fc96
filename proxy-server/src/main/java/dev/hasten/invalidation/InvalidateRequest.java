package dev.hasten.invalidation;

import dev.hasten.cache.QueryCache;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What to invalidate, as clients and operators say it: {@code {"tags":["a","b"]}} or {@code {"tags":"all"}}.
 *
 * @param tags at least one; null for everything
 */
public record InvalidateRequest(@Nullable List<String> tags) {
    private static final String WHAT = "invalidation";

    /**
     * Reads a body.
     *
     * @param maxTags how many tags there may be
     * @throws ApiError P6005 saying what is wrong and what is allowed
     */
    public static InvalidateRequest of(JsonNode body, int maxTags) {
        JsonNode given = body.get("tags");
        if (given != null && given.isString() && given.stringValue().equals("all")) {
            return new InvalidateRequest(null);
        }
        if (given == null
                || !given.isArray()
                || given.isEmpty()
                || !given.valueStream().allMatch(JsonNode::isString)) {
            throw ApiError.invalidParameters(
                    "Invalid " + WHAT + ": `tags` must be a list of 1 to " + maxTags + " tags, or \"all\"");
        }
        List<String> tags = new ArrayList<>(given.size());
        given.forEach(tag -> tags.add(tag.stringValue()));
        CacheStrategy.checkTags(tags, maxTags, WHAT);
        return new InvalidateRequest(tags);
    }

    /** Does it; counts for every request that comes after the return. */
    public void applyTo(QueryCache cache) {
        if (tags == null) {
            cache.invalidateAll();
        } else {
            cache.invalidate(tags);
        }
    }
}
