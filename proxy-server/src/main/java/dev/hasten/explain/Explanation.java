package dev.hasten.explain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a response is or is not cached, and what outdates it. The admin API returns it as JSON.
 *
 * @param invalidation who reports changes: {@code tags}, {@code writes} or {@code stream}
 * @param signature of the query; null for a statement, and for a request whose signature was not needed
 * @param request the request, or the latest one with the signature; null if none is remembered
 * @param statement null unless a statement was asked about
 * @param notCached null if the response may be cached
 * @param notStored why there is no usable entry although the response may be cached; null if there is one, or for a
 *     statement
 * @param entries stored responses to the query
 * @param reads the relations that the response depends on, as far as they are known
 * @param tags the tags that the response carries
 * @param outdatedBy the causes that outdate such a response
 * @param lastInvalidation of anything that the response depends on; null if there was none
 * @param stream why the cache is not used at all, although the query can be cached; null if it is used
 */
public record Explanation(
        String database,
        String invalidation,
        @Nullable String signature,
        @Nullable Request request,
        @Nullable Statement statement,
        @Nullable NotCached notCached,
        @Nullable String notStored,
        List<Entry> entries,
        List<Dependency> reads,
        List<Tag> tags,
        List<String> outdatedBy,
        @Nullable Invalidated lastInvalidation,
        @Nullable String stream) {

    /**
     * A request that the server remembers.
     *
     * @param status as in {@code accelerate-cache-status}: {@code ttl}, {@code swr}, {@code miss} or {@code none}
     * @param model null if the query has none, or was answered without parsing it
     * @param strategy null for the default of the query's model, if the query was answered without parsing it
     */
    public record Request(
            String id,
            Instant at,
            String status,
            @Nullable String model,
            @Nullable Strategy strategy) {}

    /** A cache strategy. */
    public record Strategy(long ttlSeconds, long swrSeconds, List<String> tags) {}

    /**
     * A statement.
     *
     * @param writes {@code nothing}, {@code tables}, or {@code unknown} if it is not known which tables it can write
     * @param written the tables that it can write, if they are known
     */
    public record Statement(String writes, List<String> written) {}

    /**
     * Why a response is not cached.
     *
     * @param reason as in the metric {@code hasten_cache_uncached_total}
     */
    public record NotCached(String reason, String detail) {}

    /**
     * A stored response.
     *
     * @param keyId the only API key that can receive it; null if all keys of the database can
     * @param keptSeconds how long it can be used after it was read
     * @param generation when it was read, on the clock of {@link Invalidated#generation}
     * @param current false if it was invalidated
     */
    public record Entry(
            String protocol,
            @Nullable String keyId,
            Instant readAt,
            long ageSeconds,
            long keptSeconds,
            long bytes,
            List<String> tags,
            long generation,
            boolean current) {}

    /**
     * A relation that a response depends on.
     *
     * @param name with its schema; its object identifier if the name is not known
     * @param kind such as {@code table}; null if it is not known
     * @param lastInvalidation null if there was none since the server started, or if changes are not recorded
     */
    public record Dependency(
            String name, @Nullable String kind, @Nullable Invalidated lastInvalidation) {}

    /** A tag that a response carries. */
    public record Tag(String name, @Nullable Invalidated lastInvalidation) {}

    /**
     * An invalidation.
     *
     * @param generation counts the invalidations of the database since the server started
     * @param at null if it is too long ago to be remembered
     * @param cause {@code tags}, {@code all}, {@code write}, {@code stream} or {@code schema}; null like {@code at}
     * @param detail who asked for it or noticed it; null like {@code at}
     */
    public record Invalidated(
            long generation,
            @Nullable Instant at,
            @Nullable String cause,
            @Nullable String detail) {}
}
