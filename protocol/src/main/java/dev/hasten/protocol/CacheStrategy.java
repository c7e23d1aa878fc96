package dev.hasten.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How long a response may be cached: {@code cacheStrategy} of Prisma Client with the Accelerate extension.
 *
 * @param ttlSeconds how long a response is fresh after it was read; 0 to {@link #LONGEST_SECONDS}
 * @param swrSeconds how long after that it may be served stale while it is refreshed in the background; same range
 * @param tags the tags by which the response can be invalidated
 */
public record CacheStrategy(long ttlSeconds, long swrSeconds, List<String> tags) {
    /** One year. */
    public static final long LONGEST_SECONDS = 31_536_000;

    private static final int LONGEST_TAG = 64;

    /** The client requests that nothing is cached. */
    public static final CacheStrategy NONE = new CacheStrategy(0, 0, List.of());

    public CacheStrategy {
        tags = List.copyOf(tags);
    }

    /** Whether the response may be cached. */
    public boolean caches() {
        return ttlSeconds > 0 || swrSeconds > 0;
    }

    /** This strategy with its times limited to these numbers of seconds. */
    public CacheStrategy limitedTo(long maxTtlSeconds, long maxSwrSeconds) {
        return ttlSeconds <= maxTtlSeconds && swrSeconds <= maxSwrSeconds
                ? this
                : new CacheStrategy(Math.min(ttlSeconds, maxTtlSeconds), Math.min(swrSeconds, maxSwrSeconds), tags);
    }

    /**
     * Parses the headers of a request.
     *
     * @param cacheControl such as {@code max-age=60,stale-while-revalidate=30}; directives of other names are ignored
     * @param tags such as {@code users,posts}
     * @param maxTags maximum number of tags
     * @return null if the headers contain no strategy, as with {@code no-cache}
     * @throws ApiError P6005 if a time or tag is not allowed
     */
    public static @Nullable CacheStrategy parse(@Nullable String cacheControl, @Nullable String tags, int maxTags) {
        if (cacheControl == null || cacheControl.equals("no-cache")) {
            return null;
        }
        long ttl = -1;
        long swr = -1;
        for (String directive : cacheControl.split(",", -1)) {
            int equals = directive.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String name = directive.substring(0, equals).strip();
            String value = directive.substring(equals + 1).strip();
            if (name.equalsIgnoreCase("max-age")) {
                ttl = seconds(value, "ttl");
            } else if (name.equalsIgnoreCase("stale-while-revalidate")) {
                swr = seconds(value, "swr");
            }
        }
        if (ttl < 0 && swr < 0) {
            return null;
        }
        if (ttl <= 0 && swr <= 0) {
            return NONE;
        }
        return new CacheStrategy(Math.max(0, ttl), Math.max(0, swr), tags(tags, maxTags));
    }

    /**
     * Parses the JSON of an app, such as {@code {"ttl":60,"swr":30,"tags":["users"]}}.
     *
     * @param maxTags maximum number of tags
     * @throws ApiError P6005 if a field, time or tag is not allowed
     */
    public static CacheStrategy parse(JsonNode json, int maxTags) {
        if (!json.isObject()) {
            throw ApiError.invalidParameters("Invalid cacheStrategy: it must be an object with `ttl`, `swr` or both");
        }
        List<String> tags = new ArrayList<>(4);
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            switch (member.getKey()) {
                case "ttl", "swr" -> {}
                case "tags" -> tagTexts(member.getValue(), tags);
                default ->
                    throw ApiError.invalidParameters("Invalid cacheStrategy: unknown field `" + shown(member.getKey())
                            + "`; allowed fields: ttl, swr, tags");
            }
        }
        checkTags(tags, maxTags, "cacheStrategy");
        long ttl = seconds(json.path("ttl"), "ttl");
        long swr = seconds(json.path("swr"), "swr");
        return ttl == 0 && swr == 0 ? NONE : new CacheStrategy(ttl, swr, tags);
    }

    private static void tagTexts(JsonNode list, List<String> tags) {
        boolean strings = list.isArray();
        for (JsonNode tag : list) {
            strings &= tag.isString();
            tags.add(tag.asString(""));
        }
        if (!strings) {
            throw ApiError.invalidParameters("Invalid cacheStrategy: `tags` must be a list of strings");
        }
    }

    private static long seconds(JsonNode number, String name) {
        if (number.isMissingNode()) {
            return 0;
        }
        return number.canConvertToLong() && number.isIntegralNumber()
                ? inRange(number.longValue(), name)
                : inRange(-1, name);
    }

    private static long seconds(String text, String name) {
        boolean digits = !text.isEmpty() && text.length() <= 8;
        for (int i = 0; i < text.length(); i++) {
            digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return inRange(digits ? Long.parseLong(text) : -1, name);
    }

    private static long inRange(long seconds, String name) {
        if (seconds < 0 || seconds > LONGEST_SECONDS) {
            throw ApiError.invalidParameters("Invalid cacheStrategy: `" + name
                    + "` must be a whole number of seconds from 0 to " + LONGEST_SECONDS + " (one year)");
        }
        return seconds;
    }

    private static List<String> tags(@Nullable String header, int maxTags) {
        if (header == null || header.isBlank()) {
            return List.of();
        }
        List<String> tags = new ArrayList<>(4);
        for (String tag : header.split(",", -1)) {
            tags.add(tag.strip());
        }
        checkTags(tags, maxTags, "cacheStrategy");
        return tags;
    }

    /**
     * Checks the tags of a strategy or an invalidation.
     *
     * @param where what the tags belong to, for the error text
     * @throws ApiError P6005 if there are too many tags or a tag is invalid; the text contains the tag and what
     *     is allowed
     */
    public static void checkTags(Collection<String> tags, int maxTags, String where) {
        if (tags.size() > maxTags) {
            throw ApiError.invalidParameters("Invalid %s: %d tags are given; at most %d are allowed (cache.max_tags)"
                    .formatted(where, tags.size(), maxTags));
        }
        for (String tag : tags) {
            if (!isTag(tag)) {
                throw ApiError.invalidParameters(
                        ("Invalid %s: the tag '%s' is not allowed; a tag must have 1 to %d of the characters A-Z, a-z,"
                                        + " 0-9 and _")
                                .formatted(where, shown(tag), LONGEST_TAG));
            }
        }
    }

    private static String shown(String tag) {
        return tag.length() <= LONGEST_TAG + 1 ? tag : tag.substring(0, LONGEST_TAG + 1) + "...";
    }

    private static boolean isTag(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST_TAG) {
            return false;
        }
        for (int i = 0; i < tag.length(); i++) {
            char c = tag.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) {
                return false;
            }
        }
        return true;
    }
}
