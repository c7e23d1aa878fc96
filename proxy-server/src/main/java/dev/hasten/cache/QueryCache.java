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
import dev.hasten.cache.CachedAnswer.Freshness;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.HttpDate;
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
 * The answers of one database that may be used again. Thread-safe.
 *
 * <p>Whether an entry may answer a request is decided when the request comes: by the entry's age and the request's own
 * ttl and swr, and by the {@link Generations} of the tags that either of the two carries. So an invalidation only has to
 * move generations, and what was read before it never answers a request that comes after it, whether it was stored
 * already, is being stored, or is still being read.
 */
public final class QueryCache {
    private static final Logger LOG = LoggerFactory.getLogger(QueryCache.class);

    /** After a refresh failed, the next one of the same entry waits for so long. */
    private static final long REFRESH_PAUSE = SECONDS.toNanos(1);

    private final CachePolicy policy;
    private final Surroundings surroundings;
    private final Cache<CacheKey, Entry> entries;
    private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();
    private final Generations generations = new Generations();
    private final AtomicLong schemaEpoch = new AtomicLong();
    private final CacheStatistics statistics = new CacheStatistics();
    private final HttpDate dates = new HttpDate();
    private final Semaphore refreshes;

    /**
     * What a cache works with.
     *
     * @param maximumBytes of memory for entries, 0 or more
     * @param queryTimeout how long a query may take
     * @param maximumRefreshes that run at the same time: requests that wait for an answer come before answers that wait for
     *     a request
     * @param ticker for ages
     * @param clock for {@code last-modified}
     * @param background where refreshes, compression and the table's upkeep run
     */
    public record Surroundings(
            long maximumBytes,
            Duration queryTimeout,
            int maximumRefreshes,
            Watchdog watchdog,
            Ticker ticker,
            InstantSource clock,
            Executor background) {}

    /** Reads an answer from PostgreSQL. */
    @FunctionalInterface
    public interface Fill {
        /**
         * The complete body of a successful answer, which nobody changes any more.
         *
         * @param cancellation of the query
         * @throws RuntimeException for everything else; nothing is stored then
         */
        byte[] read(Cancellation cancellation);
    }

    public QueryCache(CachePolicy policy, Surroundings surroundings) {
        this.policy = policy;
        this.surroundings = surroundings;
        this.refreshes = new Semaphore(surroundings.maximumRefreshes());
        this.entries = Caffeine.newBuilder()
                .maximumWeight(surroundings.maximumBytes())
                .weigher((CacheKey _, Entry entry) -> entry.weight())
                .expireAfter(new AfterRetention())
                .ticker(surroundings.ticker())
                .executor(surroundings.background())
                .evictionListener((CacheKey _, Entry _, RemovalCause cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        statistics.count(Event.EVICTION);
                    }
                })
                .build();
    }

    /** Entries go when nobody may want them any more, however they are read or replaced. */
    private static final class AfterRetention implements Expiry<CacheKey, Entry> {
        @Override
        public long expireAfterCreate(CacheKey key, Entry entry, long now) {
            return Math.max(0, entry.filledAt + entry.retention - now);
        }

        @Override
        public long expireAfterUpdate(CacheKey key, Entry entry, long now, long currentDuration) {
            return expireAfterCreate(key, entry, now);
        }

        @Override
        public long expireAfterRead(CacheKey key, Entry entry, long now, long currentDuration) {
            return currentDuration;
        }
    }

    /**
     * A stored answer, fresh or stale; null when there is none that the request may get. Cheap enough for an event loop.
     *
     * @param strategy of the request; null for the default of the model that the entry is of
     * @param wantsGzip whether the client takes gzip; what is asked for like that is compressed in the background, once
     */
    public @Nullable CachedAnswer find(CacheKey key, @Nullable CacheStrategy strategy, boolean wantsGzip) {
        Entry entry = entries.getIfPresent(key);
        if (entry == null) {
            return null;
        }
        CachedAnswer answer = judge(entry, strategy != null ? strategy : entry.defaultStrategy);
        if (answer != null) {
            statistics.count(answer.freshness() == Freshness.TTL ? Event.HIT : Event.STALE_HIT);
            if (wantsGzip && entry.takesCompression()) {
                surroundings.background().execute(() -> entries.asMap().replace(key, entry, entry.compressed()));
            }
        }
        return answer;
    }

    private @Nullable CachedAnswer judge(Entry entry, CacheStrategy strategy) {
        if (!generations.isCurrent(entry.generation, entry.tags)
                || !generations.isCurrent(entry.generation, strategy.tags())) {
            return null;
        }
        long age = surroundings.ticker().read() - entry.filledAt;
        long stale = age - SECONDS.toNanos(strategy.ttlSeconds());
        if (stale >= SECONDS.toNanos(strategy.swrSeconds()) && stale >= 0) {
            return null;
        }
        return new CachedAnswer(
                entry.body, stale < 0 ? Freshness.TTL : Freshness.SWR, NANOSECONDS.toSeconds(Math.max(0, age)), false);
    }

    /**
     * A stored answer, or one that is read now: by this request, or by another that asks the same already.
     *
     * @param model of the query, null if it has none
     * @param wantsGzip see {@link #find}
     * @param looked whether {@link #find} has just found nothing for the request, so that nobody need look again
     * @param own of the request, watched by the caller: the request may take as long as a query
     * @throws RuntimeException with which the query failed
     */
    public CachedAnswer fetch(
            CacheKey key,
            CacheStrategy strategy,
            @Nullable String model,
            boolean wantsGzip,
            boolean looked,
            Cancellation own,
            Fill fill) {
        boolean lookFirst = !looked;
        while (true) {
            CachedAnswer stored = lookFirst ? find(key, strategy, wantsGzip) : null;
            if (stored != null) {
                return stored;
            }
            lookFirst = true;
            Flight current = flights.get(key);
            boolean joined = current != null && accepts(current, strategy) && current.join();
            CachedBody body = joined ? current.await(own) : depart(key, current, strategy, model, own, fill);
            if (body != null) {
                statistics.count(Event.MISS);
                if (joined) {
                    statistics.count(Event.COALESCED);
                }
                return new CachedAnswer(body, Freshness.MISS, 0, !joined);
            }
        }
    }

    /** Null when the flight was not needed, or another one is in the place of {@code current} by now. */
    private @Nullable CachedBody depart(
            CacheKey key,
            @Nullable Flight current,
            CacheStrategy strategy,
            @Nullable String model,
            Cancellation own,
            Fill fill) {
        Flight mine = Flight.forMiss(
                generations.now(),
                strategy,
                policy.defaultOf(model),
                own.memory().another());
        // Before anybody can join: from here on the flight ends in every case.
        own.begin(() -> leaderLeaves(mine, requireNonNull(own.reason())));
        try {
            return takesPlaceOf(key, current, mine) ? fly(key, mine, fill, () -> isUsable(key, strategy)) : null;
        } catch (CancelledException e) {
            // When others went on with the flight after this request had to stop, the reason is that of the last of
            // them.
            Cancellation.Reason reason = own.reason();
            throw reason == null ? e : new CancelledException(reason);
        } finally {
            own.end();
        }
    }

    /** The leader's own time is that of the query, too; when others go on without it, the query needs a time of its own. */
    private void leaderLeaves(Flight flight, Cancellation.Reason reason) {
        flight.leave(reason);
        if (!flight.isAbandoned()) {
            watch(flight);
        }
    }

    private void watch(Flight flight) {
        Duration flown = Duration.ofNanos(System.nanoTime() - flight.departed);
        flight.watch(surroundings
                .watchdog()
                .watch(flight.cancellation, surroundings.queryTimeout().minus(flown)));
    }

    /** An earlier flight may have landed since a request looked: what it stored came before it left the table. */
    private boolean isUsable(CacheKey key, CacheStrategy strategy) {
        Entry entry = entries.getIfPresent(key);
        return entry != null && judge(entry, strategy) != null;
    }

    /** Whether what the flight brings may answer a request that comes now. */
    private boolean accepts(Flight flight, CacheStrategy strategy) {
        return generations.isCurrent(flight.generation, flight.strategy.tags())
                && generations.isCurrent(flight.generation, strategy.tags());
    }

    private boolean takesPlaceOf(CacheKey key, @Nullable Flight current, Flight mine) {
        return current == null ? flights.putIfAbsent(key, mine) == null : flights.replace(key, current, mine);
    }

    /**
     * Reads a stale answer anew in the background, unless that is under way, or failed a moment ago, or too much of that
     * kind is under way: then a later request that finds it stale comes here again.
     *
     * @param strategy of the request that found it stale; null for the default of the model
     * @param memory that the refresh takes from; closed when it has ended, or not used
     */
    public void refresh(CacheKey key, @Nullable CacheStrategy strategy, Reservation memory, Fill fill) {
        Entry entry = entries.getIfPresent(key);
        if (entry == null
                || surroundings.ticker().read() - entry.nextRefresh.get() < 0
                || flights.containsKey(key)
                || !refreshes.tryAcquire()) {
            return;
        }
        CacheStrategy effective = strategy != null ? strategy : entry.defaultStrategy;
        Flight flight = Flight.forRefresh(generations.now(), effective, entry.defaultStrategy, memory);
        if (flights.putIfAbsent(key, flight) != null) {
            refreshes.release();
            return;
        }
        try {
            surroundings.background().execute(() -> refresh(key, entry, flight, fill));
        } catch (Throwable e) {
            crash(key, flight, e);
            refreshes.release();
            throw e;
        }
    }

    private void refresh(CacheKey key, Entry stale, Flight flight, Fill fill) {
        boolean done = false;
        try {
            CachedBody body = fly(
                    key,
                    flight,
                    cancellation -> {
                        try {
                            watch(flight);
                            return fill.read(cancellation);
                        } finally {
                            // Also when it succeeds: what it brings may be too large, or outdated, and then this entry
                            // stays.
                            stale.nextRefresh.set(surroundings.ticker().read() + REFRESH_PAUSE);
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

    /** Another refresh may have ended since a request found the entry stale: it said so before it left the table. */
    private boolean wasRefreshed(CacheKey key, Entry stale) {
        Entry latest = entries.getIfPresent(key);
        boolean replaced = latest != null && !latest.isOfTheSameRead(stale);
        return replaced || surroundings.ticker().read() - stale.nextRefresh.get() < 0;
    }

    /**
     * Runs the query, unless it turns out that it is not needed.
     *
     * @return null when it was not: what is stored is older than the flight, and so need not be good enough for all who
     *     joined it
     */
    private @Nullable CachedBody fly(CacheKey key, Flight flight, Fill fill, BooleanSupplier needless) {
        try (flight) {
            CachedBody body = null;
            if (!needless.getAsBoolean()) {
                byte[] json = fill.read(flight.cancellation);
                body = CachedBody.of(json, dates.format(surroundings.clock().instant()));
                store(key, flight, body);
            }
            // In this order: whoever finds no flight finds what it stored.
            flights.remove(key, flight);
            flight.land(body);
            return body;
        } catch (Throwable e) {
            crash(key, flight, e);
            throw e;
        }
    }

    private void crash(CacheKey key, Flight flight, Throwable failure) {
        flights.remove(key, flight);
        flight.crash(
                failure instanceof RuntimeException known
                        ? known
                        : new IllegalStateException("the query that this request waited for failed", failure));
    }

    private void store(CacheKey key, Flight flight, CachedBody body) {
        CacheStrategy strategy = flight.strategy;
        if (flight.isAbandoned()) {
            return;
        }
        if (body.length() > policy.entryBytes()) {
            statistics.count(Event.TOO_LARGE);
        } else if (!generations.isCurrent(flight.generation, strategy.tags())) {
            statistics.count(Event.OUTDATED);
        } else {
            Entry filled = new Entry(
                    body,
                    flight.generation,
                    strategy.tags(),
                    flight.defaultStrategy,
                    surroundings.ticker().read(),
                    SECONDS.toNanos(strategy.ttlSeconds() + strategy.swrSeconds()));
            // A flight that was overtaken by one of a later generation must not undo what that one stored.
            entries.asMap().merge(key, filled, (old, latest) -> old.generation > latest.generation ? old : latest);
        }
    }

    /** Invalidates what carries one of the tags; counts for every request that comes after the return. */
    public void invalidate(List<String> tags) {
        generations.invalidate(tags);
        statistics.count(Event.INVALIDATE_TAGS);
    }

    /** Invalidates everything; counts for every request that comes after the return. */
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

    /** How often the schema changed since the server started; part of every key. */
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

    /** Entries, roughly: those that are outdated or expired count until they are found. */
    public long size() {
        return entries.estimatedSize();
    }

    /** Bytes of memory that entries hold. */
    public long bytes() {
        return entries.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** Bytes of memory that entries may hold. */
    public long maximumBytes() {
        return surroundings.maximumBytes();
    }

    /** Does the table's upkeep now, so that {@link #size} and {@link #bytes} are exact. */
    void cleanUp() {
        entries.cleanUp();
    }
}
