package dev.hasten.cache;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stored responses of one database. Thread-safe.
 *
 * <p>Whether an entry may be the response to a request is decided when the request arrives: by the entry's age and the
 * request's own ttl and swr, and by the {@link Generations} of the tags of both. So an invalidation only has to increase
 * generations. Data that was read before the invalidation is not used for any request that arrives after it, whether the
 * data was stored already, is being stored, or is still being read.
 */
public final class QueryCache {
    private static final Logger LOG = LoggerFactory.getLogger(QueryCache.class);

    /** The time until the next refresh of an entry after a refresh ended without replacing it. */
    private static final long REFRESH_PAUSE = SECONDS.toNanos(1);

    private final CachePolicy policy;
    private final Settings settings;
    private final Cache<CacheKey, CacheEntry> entries;
    private final ConcurrentMap<CacheKey, InFlightQuery> inFlight = new ConcurrentHashMap<>();
    private final Generations generations = new Generations();
    private final AtomicLong schemaEpoch = new AtomicLong();
    private final CacheStatistics statistics = new CacheStatistics();
    private final Semaphore refreshes;

    /**
     * Limits and dependencies of a cache.
     *
     * @param maxBytes memory for entries, 0 or more
     * @param queryTimeout how long a query may run
     * @param maxRefreshes refreshes that may run at the same time, 1 or more, so that clients which wait for a response
     *     come first
     * @param ticker for ages
     * @param clock for the time at which data was read
     * @param background runs refreshes, compression and maintenance of the table
     */
    public record Settings(
            long maxBytes,
            Duration queryTimeout,
            int maxRefreshes,
            Watchdog watchdog,
            Ticker ticker,
            InstantSource clock,
            Executor background) {

        /** Checks the ranges. */
        public Settings {
            if (maxBytes < 0 || maxRefreshes < 1) {
                throw new IllegalArgumentException("maxBytes must be 0 or more, maxRefreshes 1 or more");
            }
        }
    }

    /**
     * A request to the cache.
     *
     * @param strategy null for the default of the model that the stored entry is of; never null for
     *     {@link #fetch(Lookup, Cancellation, Fill)}
     * @param model of the query, null if it has none or it is not known yet
     * @param wantsGzip whether the client accepts gzip; then the entry is compressed once, in the background
     */
    public record Lookup(
            CacheKey key,
            @Nullable CacheStrategy strategy,
            @Nullable String model,
            boolean wantsGzip) {}

    /** Reads a response from PostgreSQL. */
    @FunctionalInterface
    public interface Fill {
        /**
         * The complete body of a successful response, which nobody changes any more.
         *
         * @param cancellation of the query
         * @throws RuntimeException otherwise; nothing is stored then
         */
        byte[] read(Cancellation cancellation);
    }

    public QueryCache(CachePolicy policy, Settings settings) {
        this.policy = policy;
        this.settings = settings;
        this.refreshes = new Semaphore(settings.maxRefreshes());
        this.entries = Caffeine.newBuilder()
                .maximumWeight(settings.maxBytes())
                .weigher((CacheKey _, CacheEntry entry) -> entry.weight())
                .expireAfter(new AfterRetention())
                .ticker(settings.ticker())
                .executor(settings.background())
                .evictionListener((CacheKey _, CacheEntry _, RemovalCause cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        statistics.count(Event.EVICTION);
                    }
                })
                .build();
    }

    /** Removes entries when no request can use them any more, however often they are read. */
    private static final class AfterRetention implements Expiry<CacheKey, CacheEntry> {
        @Override
        public long expireAfterCreate(CacheKey key, CacheEntry entry, long now) {
            return Math.max(0, entry.filledAt + entry.retention - now);
        }

        @Override
        public long expireAfterUpdate(CacheKey key, CacheEntry entry, long now, long currentDuration) {
            return expireAfterCreate(key, entry, now);
        }

        @Override
        public long expireAfterRead(CacheKey key, CacheEntry entry, long now, long currentDuration) {
            return currentDuration;
        }
    }

    /** A stored response, fresh or stale; null if there is none that the request may get. Cheap enough for an event loop. */
    public @Nullable CachedResponse find(Lookup lookup) {
        CacheEntry entry = entries.getIfPresent(lookup.key());
        if (entry == null) {
            return null;
        }
        CacheStrategy strategy = lookup.strategy();
        CachedResponse response = usable(entry, strategy != null ? strategy : entry.defaultStrategy);
        if (response != null) {
            statistics.count(response.freshness() == Freshness.FRESH ? Event.HIT : Event.STALE_HIT);
            if (lookup.wantsGzip() && entry.takesCompression()) {
                settings.background().execute(() -> entries.asMap().replace(lookup.key(), entry, entry.compressed()));
            }
        }
        return response;
    }

    private @Nullable CachedResponse usable(CacheEntry entry, CacheStrategy strategy) {
        if (!generations.isCurrent(entry.generation, entry.tags)
                || !generations.isCurrent(entry.generation, strategy.tags())) {
            return null;
        }
        long age = settings.ticker().read() - entry.filledAt;
        long stale = age - SECONDS.toNanos(strategy.ttlSeconds());
        if (stale >= SECONDS.toNanos(strategy.swrSeconds()) && stale >= 0) {
            return null;
        }
        return new CachedResponse(
                entry.body,
                stale < 0 ? Freshness.FRESH : Freshness.STALE,
                NANOSECONDS.toSeconds(Math.max(0, age)),
                false);
    }

    /**
     * A stored response, or one that is read now: by this request, or by another request that runs the same query already.
     *
     * @param own of the request, watched by the caller: the request may take as long as a query
     * @throws RuntimeException the query's failure
     */
    public CachedResponse fetch(Lookup lookup, Cancellation own, Fill fill) {
        CachedResponse stored = find(lookup);
        return stored != null ? stored : fetchMissing(lookup, own, fill);
    }

    /** As {@link #fetch}, for a request for which {@link #find} has just returned null: does not look again first. */
    public CachedResponse fetchMissing(Lookup lookup, Cancellation own, Fill fill) {
        CacheStrategy strategy = requireNonNull(lookup.strategy(), "strategy is null");
        while (true) {
            InFlightQuery running = inFlight.get(lookup.key());
            boolean joined = running != null && accepts(running, strategy) && running.join();
            CachedBody body = joined ? running.await(own) : start(lookup, running, own, fill);
            if (body != null) {
                statistics.count(Event.MISS);
                if (joined) {
                    statistics.count(Event.COALESCED);
                }
                return new CachedResponse(body, Freshness.MISS, 0, !joined);
            }
            CachedResponse stored = find(lookup);
            if (stored != null) {
                return stored;
            }
        }
    }

    /** Runs the query as its leader. Returns null if it was not needed, or another one has replaced {@code current}. */
    private @Nullable CachedBody start(Lookup lookup, @Nullable InFlightQuery current, Cancellation own, Fill fill) {
        CacheKey key = lookup.key();
        CacheStrategy strategy = requireNonNull(lookup.strategy());
        InFlightQuery query = InFlightQuery.forMiss(
                generations.now(),
                strategy,
                policy.defaultOf(lookup.model()),
                own.memory().another());
        // Before another request can join: from here on the query ends in every case.
        own.begin(() -> leaderLeaves(query, requireNonNull(own.reason())));
        try {
            return replaces(key, current, query) ? run(key, query, fill, () -> isStored(key, strategy)) : null;
        } catch (CancelledException e) {
            // If others continued the query after this request had to stop, the reason is that of the last of them.
            Cancellation.Reason reason = own.reason();
            throw reason == null ? e : new CancelledException(reason);
        } finally {
            own.end();
        }
    }

    /** The time limit of the leader's request is the query's, too; if others continue without it, the query needs its own. */
    private void leaderLeaves(InFlightQuery query, Cancellation.Reason reason) {
        query.leave(reason);
        if (!query.isAbandoned()) {
            watch(query);
        }
    }

    private void watch(InFlightQuery query) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - query.startedNanos);
        query.watch(settings.watchdog()
                .watch(query.cancellation, settings.queryTimeout().minus(elapsed)));
    }

    /** Another query may have ended since the request looked: it stores its result before it leaves the table. */
    private boolean isStored(CacheKey key, CacheStrategy strategy) {
        CacheEntry entry = entries.getIfPresent(key);
        return entry != null && usable(entry, strategy) != null;
    }

    /** Whether the result of the query may be the response to a request that arrives now. */
    private boolean accepts(InFlightQuery query, CacheStrategy strategy) {
        return generations.isCurrent(query.generation, query.strategy.tags())
                && generations.isCurrent(query.generation, strategy.tags());
    }

    private boolean replaces(CacheKey key, @Nullable InFlightQuery current, InFlightQuery query) {
        return current == null ? inFlight.putIfAbsent(key, query) == null : inFlight.replace(key, current, query);
    }

    /**
     * Refreshes a stale response in the background, unless its refresh is running or failed a moment ago, or too many
     * refreshes are running; then the next request that finds the response stale tries again.
     *
     * @param lookup of the request that found it stale
     * @param memory that the refresh takes from; closed when it has ended, or is not used
     */
    public void refresh(Lookup lookup, Reservation memory, Fill fill) {
        CacheKey key = lookup.key();
        CacheEntry entry = entries.getIfPresent(key);
        if (entry == null
                || settings.ticker().read() - entry.nextRefresh.get() < 0
                || inFlight.containsKey(key)
                || !refreshes.tryAcquire()) {
            return;
        }
        CacheStrategy strategy = lookup.strategy();
        InFlightQuery query = InFlightQuery.forRefresh(
                generations.now(), strategy != null ? strategy : entry.defaultStrategy, entry.defaultStrategy, memory);
        if (inFlight.putIfAbsent(key, query) != null) {
            refreshes.release();
            return;
        }
        try {
            settings.background().execute(() -> refresh(key, entry, query, fill));
        } catch (Throwable e) {
            fail(key, query, e);
            refreshes.release();
            throw e;
        }
    }

    private void refresh(CacheKey key, CacheEntry stale, InFlightQuery query, Fill fill) {
        boolean done = false;
        try {
            CachedBody body = run(
                    key,
                    query,
                    cancellation -> {
                        try {
                            watch(query);
                            return fill.read(cancellation);
                        } finally {
                            // Also if it succeeds: the result may be too large or outdated, and then this entry stays.
                            stale.nextRefresh.set(settings.ticker().read() + REFRESH_PAUSE);
                        }
                    },
                    () -> wasRefreshed(key, stale));
            done = true;
            if (body != null) {
                statistics.count(Event.REFRESH);
            }
        } catch (RuntimeException e) {
            LOG.debug("a refresh failed", e);
        } finally {
            if (!done) {
                statistics.count(Event.FAILED_REFRESH);
            }
            refreshes.release();
        }
    }

    /** Another refresh may have ended since a request found the entry stale: it sets both before it leaves the table. */
    private boolean wasRefreshed(CacheKey key, CacheEntry stale) {
        CacheEntry latest = entries.getIfPresent(key);
        boolean replaced = latest != null && !latest.isOfTheSameRead(stale);
        return replaced || settings.ticker().read() - stale.nextRefresh.get() < 0;
    }

    /**
     * Runs the query, unless it is not needed.
     *
     * @return null if it was not needed: the stored entry is older than this query, so it may not be good enough for all
     *     requests that joined
     */
    private @Nullable CachedBody run(CacheKey key, InFlightQuery query, Fill fill, BooleanSupplier needless) {
        try (query) {
            CachedBody body = null;
            if (!needless.getAsBoolean()) {
                byte[] json = fill.read(query.cancellation);
                body = CachedBody.of(json, settings.clock().instant());
                store(key, query, body);
            }
            // In this order: a request that does not find the query finds what it stored.
            inFlight.remove(key, query);
            query.complete(body);
            return body;
        } catch (Throwable e) {
            fail(key, query, e);
            throw e;
        }
    }

    private void fail(CacheKey key, InFlightQuery query, Throwable failure) {
        inFlight.remove(key, query);
        query.fail(
                failure instanceof RuntimeException known
                        ? known
                        : new IllegalStateException("the query that this request waited for failed", failure));
    }

    private void store(CacheKey key, InFlightQuery query, CachedBody body) {
        CacheStrategy strategy = query.strategy;
        if (query.isAbandoned()) {
            return;
        }
        if (body.length() > policy.maxEntryBytes()) {
            statistics.count(Event.TOO_LARGE);
        } else if (!generations.isCurrent(query.generation, strategy.tags())) {
            statistics.count(Event.OUTDATED);
        } else {
            CacheEntry filled = new CacheEntry(
                    body,
                    query.generation,
                    strategy.tags(),
                    query.defaultStrategy,
                    settings.ticker().read(),
                    SECONDS.toNanos(strategy.ttlSeconds() + strategy.swrSeconds()));
            // A query that was overtaken by one of a later generation must not replace what that one stored.
            entries.asMap().merge(key, filled, (old, latest) -> old.generation > latest.generation ? old : latest);
        }
    }

    /** Invalidates all responses with one of the tags, for every request that arrives after the return. */
    public void invalidate(List<String> tags) {
        generations.invalidate(tags);
        statistics.count(Event.INVALIDATE_TAGS);
    }

    /** Invalidates all responses, for every request that arrives after the return. */
    public void invalidateAll() {
        generations.invalidateAll();
        entries.invalidateAll();
        statistics.count(Event.INVALIDATE_ALL);
    }

    /**
     * Makes all entries unreachable because the database's schema has changed.
     *
     * @return the new schema epoch
     */
    public long schemaChanged() {
        long epoch = schemaEpoch.incrementAndGet();
        generations.invalidateAll();
        entries.invalidateAll();
        statistics.count(Event.SCHEMA_CHANGE);
        return epoch;
    }

    /** How often the schema has changed since the server started; part of every key. */
    public long schemaEpoch() {
        return schemaEpoch.get();
    }

    /** What the apps may do. */
    public CachePolicy policy() {
        return policy;
    }

    /** What happened so far. */
    public CacheStatistics statistics() {
        return statistics;
    }

    /** The estimated number of entries; includes outdated and expired ones that are not removed yet. */
    public long size() {
        return entries.estimatedSize();
    }

    /** Bytes of memory that entries hold. */
    public long bytes() {
        return entries.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** Bytes of memory that entries may hold. */
    public long maxBytes() {
        return settings.maxBytes();
    }

    /** Maintains the table now, so that {@link #size} and {@link #bytes} are exact. */
    void cleanUp() {
        entries.cleanUp();
    }
}
