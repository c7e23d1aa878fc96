package dev.hasten.invalidation;

import dev.hasten.cache.QueryCache;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An invalidation request of a client or operator: {@code {"tags":["a","b"]}} or {@code {"tags":"all"}}.
 *
 * @param tags at least one tag; null means all entries
 */
public record InvalidateRequest(@Nullable List<String> tags) {
    private static final String WHAT = "invalidation";

    /**
     * Parses a body.
     *
     * @param maxTags maximum number of tags
     * @throws ApiError P6005 if the body is invalid; the text states what is wrong and what is allowed
     */
    public static InvalidateRequest of(JsonNode body, int maxTags) {
        return ofTags(body.get("tags"), maxTags);
    }

    /** As {@link #of}, for the value of {@code tags}; null if there is none. */
    public static InvalidateRequest ofTags(@Nullable JsonNode given, int maxTags) {
        if (given != null && given.isString() && given.stringValue().equals("all")) {
            return new InvalidateRequest(null);
        }
        if (given == null
                || !given.isArray()
                || given.isEmpty()
                || !given.valueStream().allMatch(JsonNode::isString)) {
            throw ApiError.invalidParameters("Invalid " + WHAT + ": `tags` must be a list of 1 to " + maxTags
                    + " tags (cache.max_tags), or \"all\"");
        }
        List<String> tags = new ArrayList<>(given.size());
        given.forEach(tag -> tags.add(tag.stringValue()));
        CacheStrategy.checkTags(tags, maxTags, WHAT);
        return new InvalidateRequest(tags);
    }

    /**
     * Performs the invalidation. It applies to every request that arrives after this method returns.
     *
     * @param by who asked for it, for operators
     */
    public void applyTo(QueryCache cache, String by) {
        if (tags == null) {
            cache.invalidateAll(by);
        } else {
            cache.invalidate(tags, by);
        }
    }
}
