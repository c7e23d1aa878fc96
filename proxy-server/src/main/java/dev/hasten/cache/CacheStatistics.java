package dev.hasten.cache;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened in a cache since the server started. */
public final class CacheStatistics {
    private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);
    private final Map<Uncached.Reason, LongAdder> uncached = new EnumMap<>(Uncached.Reason.class);
    private final Map<Miss, LongAdder> misses = new EnumMap<>(Miss.class);

    /** Why a request that uses the cache found no response in it. */
    public enum Miss {
        /** There was none: it was never stored, has expired or was evicted. */
        ABSENT,
        /** It was older than this request allows. */
        EXPIRED,
        /** It was outdated by an invalidation, a write or a change of the schema. */
        INVALIDATED,
        /** The change stream was behind. */
        UNCONFIRMED
    }

    /** The events that are counted. */
    public enum Event {
        /** A request got a response from a fresh entry. */
        HIT,
        /** A request got a response from a stale entry. */
        STALE_HIT,
        /** A request got a response from PostgreSQL that may be stored. */
        MISS,
        /** A miss waited for the query of another request. */
        COALESCED,
        /** A look-up did not use the cache because the change stream was behind. */
        UNCONFIRMED,
        /** A request had no strategy or could not be cached. */
        BYPASS,
        /** A stale entry was refreshed. */
        REFRESH,
        /** The refresh of a stale entry failed. */
        FAILED_REFRESH,
        /** A response was larger than allowed and was not stored. */
        TOO_LARGE,
        /** A response was invalidated while it was read and was not stored. */
        OUTDATED,
        /** An entry was evicted because the cache was full. */
        EVICTION,
        /** Tags were invalidated. */
        INVALIDATE_TAGS,
        /** The queries of a model were invalidated. */
        INVALIDATE_MODEL,
        /** What depends on tables was invalidated. */
        INVALIDATE_TABLES,
        /** Everything was invalidated. */
        INVALIDATE_ALL,
        /** A write outdated data. */
        WRITE,
        /** The schema changed. */
        SCHEMA_CHANGE
    }

    CacheStatistics() {
        for (Event event : Event.values()) {
            counts.put(event, new LongAdder());
        }
        for (Uncached.Reason reason : Uncached.Reason.values()) {
            uncached.put(reason, new LongAdder());
        }
        for (Miss miss : Miss.values()) {
            misses.put(miss, new LongAdder());
        }
    }

    /** Counts one occurrence of an event. */
    public void count(Event event) {
        adder(event).increment();
    }

    /** The number of occurrences of an event. */
    public long of(Event event) {
        return adder(event).sum();
    }

    /** Counts a request that did not use the cache. */
    public void countUncached(Uncached.Reason reason) {
        count(Event.BYPASS);
        requireNonNull(uncached.get(reason)).increment();
    }

    /** The number of requests that did not use the cache for this reason. */
    public long uncached(Uncached.Reason reason) {
        return requireNonNull(uncached.get(reason)).sum();
    }

    void countMiss(Miss miss) {
        count(Event.MISS);
        requireNonNull(misses.get(miss)).increment();
    }

    /** The number of misses for this reason. */
    public long misses(Miss miss) {
        return requireNonNull(misses.get(miss)).sum();
    }

    private LongAdder adder(Event event) {
        return requireNonNull(counts.get(event));
    }
}
