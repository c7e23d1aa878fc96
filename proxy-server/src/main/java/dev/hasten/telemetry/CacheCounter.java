package dev.hasten.telemetry;

import dev.hasten.cache.CacheStatistics.Event;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** A counter of cache events. Counters with the same name differ in the value of a tag. */
record CacheCounter(Event event, String name, String description, Tags tags) {
    private static final String REQUESTS = "hasten.cache.requests";
    private static final String REQUESTS_ARE = "Queries by accelerate-cache-status: ttl, swr, miss or none";
    private static final String REFRESHES = "hasten.cache.refreshes";
    private static final String REFRESHES_ARE = "Background refreshes of stale entries";
    private static final String NOT_STORED = "hasten.cache.not.stored";
    private static final String NOT_STORED_ARE = "Cacheable responses that were not stored";
    private static final String INVALIDATIONS = "hasten.cache.invalidations";
    private static final String INVALIDATIONS_ARE = "Invalidations";

    static final List<CacheCounter> ALL = List.of(
            new CacheCounter(Event.HIT, REQUESTS, REQUESTS_ARE, Tags.of("status", "ttl")),
            new CacheCounter(Event.STALE_HIT, REQUESTS, REQUESTS_ARE, Tags.of("status", "swr")),
            new CacheCounter(Event.MISS, REQUESTS, REQUESTS_ARE, Tags.of("status", "miss")),
            new CacheCounter(Event.BYPASS, REQUESTS, REQUESTS_ARE, Tags.of("status", "none")),
            new CacheCounter(
                    Event.COALESCED,
                    "hasten.cache.coalesced",
                    "Misses that waited for an identical query of another request",
                    Tags.empty()),
            new CacheCounter(
                    Event.UNCONFIRMED,
                    "hasten.cache.unconfirmed",
                    "Look-ups that did not use an entry because the change stream was behind",
                    Tags.empty()),
            new CacheCounter(Event.REFRESH, REFRESHES, REFRESHES_ARE, Tags.of("outcome", "success")),
            new CacheCounter(Event.FAILED_REFRESH, REFRESHES, REFRESHES_ARE, Tags.of("outcome", "error")),
            new CacheCounter(Event.TOO_LARGE, NOT_STORED, NOT_STORED_ARE, Tags.of("reason", "too_large")),
            new CacheCounter(Event.OUTDATED, NOT_STORED, NOT_STORED_ARE, Tags.of("reason", "invalidated")),
            new CacheCounter(
                    Event.EVICTION, "hasten.cache.evictions", "Entries evicted for lack of space", Tags.empty()),
            new CacheCounter(Event.INVALIDATE_TAGS, INVALIDATIONS, INVALIDATIONS_ARE, Tags.of("kind", "tags")),
            new CacheCounter(Event.INVALIDATE_MODEL, INVALIDATIONS, INVALIDATIONS_ARE, Tags.of("kind", "model")),
            new CacheCounter(Event.INVALIDATE_TABLES, INVALIDATIONS, INVALIDATIONS_ARE, Tags.of("kind", "tables")),
            new CacheCounter(Event.INVALIDATE_ALL, INVALIDATIONS, INVALIDATIONS_ARE, Tags.of("kind", "all")),
            new CacheCounter(Event.WRITE, INVALIDATIONS, INVALIDATIONS_ARE, Tags.of("kind", "write")),
            new CacheCounter(Event.SCHEMA_CHANGE, INVALIDATIONS, INVALIDATIONS_ARE, Tags.of("kind", "schema")));
}
