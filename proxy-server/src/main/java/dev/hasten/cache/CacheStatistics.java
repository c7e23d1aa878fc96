package dev.hasten.cache;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What happened in a cache since the server started. */
public final class CacheStatistics {
    private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);

    /** What is counted. */
    public enum Event {
        /** A fresh entry answered a request. */
        HIT,
        /** A stale entry answered a request. */
        STALE_HIT,
        /** A request was answered from PostgreSQL, and its answer might be stored. */
        MISS,
        /** A miss that waited for the query of another. */
        COALESCED,
        /** A request had no strategy, or was not one to cache. */
        BYPASS,
        /** A stale entry was read anew. */
        REFRESH,
        /** A stale entry could not be read anew. */
        FAILED_REFRESH,
        /** An answer was larger than allowed, and not stored. */
        TOO_LARGE,
        /** An answer was invalidated while it was read, and not stored. */
        OUTDATED,
        /** An entry had to make room. */
        EVICTION,
        /** Tags were invalidated. */
        INVALIDATE_TAGS,
        /** Everything was invalidated. */
        INVALIDATE_ALL,
        /** The schema changed. */
        SCHEMA_CHANGE
    }

    CacheStatistics() {
        for (Event event : Event.values()) {
            counts.put(event, new LongAdder());
        }
    }

    /** Counts one more. */
    public void count(Event event) {
        adder(event).increment();
    }

    /** How often it happened. */
    public long of(Event event) {
        return adder(event).sum();
    }

    private LongAdder adder(Event event) {
        return requireNonNull(counts.get(event));
    }
}
