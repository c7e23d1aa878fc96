package dev.hasten.cache;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CacheStatistics.Miss;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.Cause.Kind;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.insights.QueryShape;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stored responses of one database. Thread-safe.
 *
 * <p>Whether an entry can be used is decided when a request arrives: by the entry's age and the request's own ttl and
 * swr, and by the {@link Generations} of the tags of both. An invalidation therefore only has to increase generations.
 * Data that was read before an invalidation is not used for any request that arrives after it, whether the data has
 * been stored, is being stored, or is still being read.
 */
public final class QueryCache {
    private static final Logger LOG = LoggerFactory.getLogger(QueryCache.class);

    /** How long no refresh of an entry starts after a refresh ended without replacing it. */
    private static final long REFRESH_PAUSE = SECONDS.toNanos(1);

    /** Characters of the names in a cause, which is remembered. */
    private static final int LONGEST_NAMES = 200;

    private final CachePolicy policy;
    private final Settings settings;
    private final EntryTable entries;
    private final ConcurrentMap<CacheKey, InFlightQuery> inFlight = new ConcurrentHashMap<>();
    private final RelationGenerations relations;
    private final Confirmation confirmation;
    private final Generations generations;
    private final AtomicLong schemaEpoch = new AtomicLong();
    private final CacheStatistics statistics = new CacheStatistics();
    private final Semaphore refreshes;
    private volatile BiConsumer<Cause, List<String>> onInvalidation = (_, _) -> {};

    /**
     * Limits and dependencies of a cache.
     *
     * @param maxBytes memory for entries, 0 or more
     * @param queryTimeout how long a query may run
     * @param maxRefreshes how many refreshes may run at the same time, 1 or more; limited so that clients that
     *     wait for a response take precedence
     * @param ticker the clock for ages
     * @param clock the clock for the time at which data was read
     * @param background runs refreshes, compression and maintenance of the table
     * @param recent remembers requests; may be shared by several caches
     */
    public record Settings(
            long maxBytes,
            Duration queryTimeout,
            int maxRefreshes,
            Watchdog watchdog,
            Ticker ticker,
            InstantSource clock,
            Executor background,
            RecentRequests recent) {

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
     * @param strategy null for the default strategy of the stored entry; never null for
     *     {@link #fetch(Lookup, Cancellation, Fill)}
     * @param model the model of the query, null if it has none or it is not known yet
     * @param wantsGzip whether the client accepts gzip; the entry is then compressed once, in the background
     * @param relations what the data is read from, if changes of relations are recorded. Only used to read it: a stored
     *     entry has its own
     * @param shape which query it is, for statistics; null if it is not known. A stored entry has its own
     */
    public record Lookup(
            CacheKey key,
            @Nullable CacheStrategy strategy,
            @Nullable String model,
            boolean wantsGzip,
            RelationIds relations,
            @Nullable QueryShape shape) {
        /** A request whose data depends on no relation, or on relations that are not known yet. */
        public Lookup(CacheKey key, @Nullable CacheStrategy strategy, @Nullable String model, boolean wantsGzip) {
            this(key, strategy, model, wantsGzip, RelationIds.NONE, null);
        }

        /** A request for a query that is not known to the statistics. */
        public Lookup(
                CacheKey key,
                @Nullable CacheStrategy strategy,
                @Nullable String model,
                boolean wantsGzip,
                RelationIds relations) {
            this(key, strategy, model, wantsGzip, relations, null);
        }
    }

    /** Reads a response from PostgreSQL. */
    @FunctionalInterface
    public interface Fill {
        /**
         * Returns the complete body of a successful response. The array must not be modified later.
         *
         * @param cancellation the cancellation of the query
         * @throws RuntimeException if there is no successful response; nothing is stored then
         */
        byte[] read(Cancellation cancellation);
    }

    /** A cache whose relations are always up to date. */
    public QueryCache(CachePolicy policy, Settings settings, RelationGenerations relations) {
        this(policy, settings, relations, Confirmation.ALWAYS);
    }

    /**
     * A cache of a database with a change stream.
     *
     * @param relations when each relation of the database was last changed
     * @param confirmation whether all changes are known
     */
    public QueryCache(CachePolicy policy, Settings settings, RelationGenerations relations, Confirmation confirmation) {
        this.relations = relations;
        this.confirmation = confirmation;
        this.generations = new Generations(relations.clock());
        this.policy = policy;
        this.settings = settings;
        this.refreshes = new Semaphore(settings.maxRefreshes());
        this.entries = new EntryTable(
                settings.maxBytes(), settings.ticker(), settings.background(), () -> statistics.count(Event.EVICTION));
    }

    /** Like {@link #find(Lookup, Consumer)}, for callers that do not need the reason. */
    public @Nullable CachedResponse find(Lookup lookup) {
        return find(lookup, _ -> {});
    }

    /**
     * A stored response, fresh or stale; null if the request can use none. Cheap enough for an event loop.
     *
     * @param onMiss receives the reason if the result is null
     */
    public @Nullable CachedResponse find(Lookup lookup, Consumer<Miss> onMiss) {
        CacheEntry entry = entries.get(lookup.key());
        if (entry == null) {
            onMiss.accept(Miss.ABSENT);
            return null;
        }
        CacheStrategy strategy = lookup.strategy();
        CachedResponse response = usable(entry, strategy != null ? strategy : entry.defaultStrategy, onMiss);
        if (response != null) {
            statistics.count(response.freshness() == Freshness.FRESH ? Event.HIT : Event.STALE_HIT);
            entry.hits.getAndIncrement();
            if (lookup.wantsGzip() && entry.takesCompression()) {
                settings.background().execute(() -> entries.compress(lookup.key(), entry));
            }
        }
        return response;
    }

    private @Nullable CachedResponse usable(CacheEntry entry, CacheStrategy strategy, Consumer<Miss> onMiss) {
        // Before the generations are compared: a change that arrives in between is seen by the comparison.
        if (!confirmation.isConfirmed()) {
            statistics.count(Event.UNCONFIRMED);
            onMiss.accept(Miss.UNCONFIRMED);
            return null;
        }
        if (!isCurrent(entry) || !generations.isCurrent(entry.generation, strategy.tags())) {
            onMiss.accept(Miss.INVALIDATED);
            return null;
        }
        long age = settings.ticker().read() - entry.filledAt;
        long stale = age - SECONDS.toNanos(strategy.ttlSeconds());
        if (stale >= SECONDS.toNanos(strategy.swrSeconds()) && stale >= 0) {
            onMiss.accept(Miss.EXPIRED);
            return null;
        }
        return new CachedResponse(
                entry.body,
                stale < 0 ? Freshness.FRESH : Freshness.STALE,
                NANOSECONDS.toSeconds(Math.max(0, age)),
                false,
                entry.shape());
    }

    /**
     * A stored response, or one that is read now, by this request or by another that already runs the same query.
     *
     * @param own the cancellation of the request; the caller must apply the time limit of queries to it
     * @throws RuntimeException if the query fails
     */
    public CachedResponse fetch(Lookup lookup, Cancellation own, Fill fill) {
        Miss[] miss = {Miss.ABSENT};
        CachedResponse stored = find(lookup, reason -> miss[0] = reason);
        return stored != null ? stored : fetchMissing(lookup, miss[0], own, fill);
    }

    /**
     * Like {@link #fetch}, for a request for which {@link #find} has just returned null. Does not look up the entry
     * again first.
     *
     * @param miss why it was not found
     */
    public CachedResponse fetchMissing(Lookup lookup, Miss miss, Cancellation own, Fill fill) {
        CacheStrategy strategy = requireNonNull(lookup.strategy(), "strategy is null");
        long asked = System.nanoTime();
        if (!confirmation.isConfirmed() && confirmation.awaitConfirmed()) {
            CachedResponse stored = find(lookup);
            if (stored != null) {
                return stored;
            }
        }
        while (true) {
            InFlightQuery running = inFlight.get(lookup.key());
            // Before the generations are compared, as for entries.
            boolean confirmed = confirmation.isConfirmed();
            boolean joined = false;
            CachedBody body;
            if (running != null && !confirmed && running.startedNanos - asked < 0) {
                // Waits for the running query and then shares the next one, so that there are not many at a time.
                running.awaitEnd(own);
                continue;
            }
            if (running != null && accepts(running, strategy) && running.join()) {
                joined = true;
                body = running.await(own);
            } else {
                body = start(lookup, running, own, fill);
            }
            if (body != null) {
                statistics.countMiss(miss);
                if (joined) {
                    statistics.count(Event.COALESCED);
                }
                return new CachedResponse(body, Freshness.MISS, 0, !joined, lookup.shape());
            }
            CachedResponse stored = find(lookup);
            if (stored != null) {
                return stored;
            }
        }
    }

    /**
     * Runs the query as its leader. Returns null if the query was not needed, or if another one has replaced
     * {@code current}.
     */
    private @Nullable CachedBody start(Lookup lookup, @Nullable InFlightQuery current, Cancellation own, Fill fill) {
        CacheKey key = lookup.key();
        CacheStrategy strategy = requireNonNull(lookup.strategy());
        InFlightQuery query = InFlightQuery.forMiss(
                generations.now(),
                strategy,
                lookup.relations(),
                policy.defaultOf(lookup.model()),
                Generations.modelSlot(lookup.model()),
                lookup.shape(),
                own.memory().another());
        // Must precede the moment when other requests can join: from then on, the query must end in every case.
        own.begin(() -> leaderLeaves(query, requireNonNull(own.reason())));
        try {
            return replaces(key, current, query) ? run(key, query, fill, () -> isStored(key, strategy)) : null;
        } catch (CancelledException e) {
            // If others continued the query after this request had to stop, the exception has the last one's reason.
            Cancellation.Reason reason = own.reason();
            throw reason == null ? e : new CancelledException(reason);
        } finally {
            own.end();
        }
    }

    /**
     * The time limit of the leader's request also limits the query. If others continue without the leader, the query
     * needs a time limit of its own.
     */
    private void leaderLeaves(InFlightQuery query, Cancellation.Reason reason) {
        if (reason == Cancellation.Reason.OPERATOR) {
            // The operator wants the statement to end, not only this request.
            query.cancellation.cancel(reason);
            return;
        }
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

    /**
     * Another query may have ended since the lookup: a query stores its result before it is removed from
     * {@link #inFlight}.
     */
    private boolean isStored(CacheKey key, CacheStrategy strategy) {
        CacheEntry entry = entries.get(key);
        return entry != null && usable(entry, strategy, _ -> {}) != null;
    }

    /** Whether the result of the query may be the response to a request that arrives now. */
    private boolean accepts(InFlightQuery query, CacheStrategy strategy) {
        return isCurrent(query.generation, query.strategy.tags(), query.relations, query.modelSlot)
                && generations.isCurrent(query.generation, strategy.tags());
    }

    private boolean isCurrent(CacheEntry entry) {
        return isCurrent(entry.generation, entry.tags, entry.relations, entry.modelSlot);
    }

    private boolean isCurrent(long generation, List<String> tags, RelationIds readFrom, int modelSlot) {
        return generations.isCurrent(generation, tags)
                && generations.isCurrent(generation, modelSlot)
                && relations.isCurrent(generation, readFrom);
    }

    private boolean replaces(CacheKey key, @Nullable InFlightQuery current, InFlightQuery query) {
        return current == null ? inFlight.putIfAbsent(key, query) == null : inFlight.replace(key, current, query);
    }

    /**
     * Refreshes a stale response in the background. Does nothing if its query is running, if a refresh ended less than
     * a second ago without replacing it, or if too many refreshes are running; the next request that finds the response
     * stale then tries again.
     *
     * @param lookup the lookup that found the response stale
     * @param memory the memory that the refresh takes from; closed when the refresh ends
     */
    public void refresh(Lookup lookup, Reservation memory, Fill fill) {
        CacheKey key = lookup.key();
        CacheEntry entry = entries.get(key);
        if (entry == null
                || settings.ticker().read() - entry.nextRefresh.get() < 0
                || inFlight.containsKey(key)
                || !refreshes.tryAcquire()) {
            return;
        }
        CacheStrategy strategy = lookup.strategy();
        InFlightQuery query = InFlightQuery.forRefresh(
                generations.now(),
                strategy != null ? strategy : entry.defaultStrategy,
                entry.relations,
                entry.defaultStrategy,
                entry.modelSlot,
                entry.shape(),
                memory);
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
                            // Also after success: if the result is too large or outdated, this entry stays.
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

    /**
     * Another refresh may have ended since a request found the entry stale. It replaces the entry and sets
     * {@code nextRefresh} before it is removed from {@link #inFlight}.
     */
    private boolean wasRefreshed(CacheKey key, CacheEntry stale) {
        CacheEntry latest = entries.get(key);
        boolean replaced = latest != null && !latest.isOfTheSameRead(stale);
        return replaced || settings.ticker().read() - stale.nextRefresh.get() < 0;
    }

    /**
     * Runs the query, unless it is not needed.
     *
     * @return null if it was not needed: the stored entry is older than this query, so it may be too old for some of
     *     the requests that joined
     */
    private @Nullable CachedBody run(CacheKey key, InFlightQuery query, Fill fill, BooleanSupplier needless) {
        try (query) {
            CachedBody body = null;
            if (!needless.getAsBoolean()) {
                long started = System.nanoTime();
                byte[] json = fill.read(query.cancellation);
                body = CachedBody.of(json, settings.clock().instant());
                store(key, query, body, System.nanoTime() - started);
            }
            // In this order, a request that does not find the query finds what the query stored.
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

    private void store(CacheKey key, InFlightQuery query, CachedBody body, long fillNanos) {
        CacheStrategy strategy = query.strategy;
        if (query.isAbandoned()) {
            return;
        }
        if (body.length() > policy.limits().maxEntryBytes()) {
            statistics.count(Event.TOO_LARGE);
        } else if (!generations.isCurrent(query.generation, strategy.tags())
                || !generations.isCurrent(query.generation, query.modelSlot)
                || !relations.isStorable(query.generation, query.relations)) {
            statistics.count(Event.OUTDATED);
        } else {
            CacheEntry filled = new CacheEntry(
                    body,
                    query.generation,
                    strategy.tags(),
                    query.relations,
                    query.defaultStrategy,
                    query.modelSlot,
                    query.shape,
                    fillNanos,
                    settings.ticker().read(),
                    SECONDS.toNanos(strategy.ttlSeconds() + strategy.swrSeconds()));
            entries.put(key, filled);
        }
    }

    /**
     * Sets the listener for invalidations and schema changes, but not for writes.
     *
     * @param listener receives the cause and the tags or the model; must not block
     */
    public void onInvalidation(BiConsumer<Cause, List<String>> listener) {
        onInvalidation = listener;
    }

    /**
     * Invalidates all responses with one of the tags. Applies to every request that arrives after this method returns.
     *
     * @param by who asked for it, for operators
     */
    public void invalidate(List<String> tags, String by) {
        generations.invalidate(tags, new Cause(Kind.TAGS, named(by, tags)));
        statistics.count(Event.INVALIDATE_TAGS);
        onInvalidation.accept(new Cause(Kind.TAGS, by), tags);
    }

    /**
     * Invalidates all responses to the queries of a model. Applies to every request that arrives after this method returns.
     *
     * @param by who asked for it, for operators
     */
    public void invalidateModel(String model, String by) {
        generations.invalidateModel(model, new Cause(Kind.MODEL, named(by, List.of(model))));
        statistics.count(Event.INVALIDATE_MODEL);
        onInvalidation.accept(new Cause(Kind.MODEL, by), List.of(model));
    }

    /**
     * Invalidates all responses that depend on one of the tables. Applies to every request that arrives after this method
     * returns.
     *
     * @param tables by their object identifiers in PostgreSQL
     * @param by who asked for it, for operators
     * @param names of the tables, for operators
     */
    public void invalidateTables(RelationIds tables, String by, List<String> names) {
        relations.changed(tables, new Cause(Kind.TABLE, named(by, names)));
        statistics.count(Event.INVALIDATE_TABLES);
        onInvalidation.accept(new Cause(Kind.TABLE, by), names);
    }

    /**
     * Invalidates all responses. Applies to every request that arrives after this method returns.
     *
     * @param by who asked for it, for operators
     */
    public void invalidateAll(String by) {
        Cause cause = new Cause(Kind.ALL, by);
        generations.invalidateAll(cause);
        entries.clear();
        statistics.count(Event.INVALIDATE_ALL);
        onInvalidation.accept(cause, List.of());
    }

    private static String named(String by, List<String> names) {
        String list = String.join(", ", names);
        return by + " (" + (list.length() <= LONGEST_NAMES ? list : list.substring(0, LONGEST_NAMES) + "...") + ")";
    }

    /**
     * Makes all entries unreachable because the database's schema has changed.
     *
     * @param by who noticed it, for operators
     * @return the new schema epoch
     */
    public long schemaChanged(String by) {
        long epoch = schemaEpoch.incrementAndGet();
        Cause cause = new Cause(Kind.SCHEMA, by);
        generations.invalidateAll(cause);
        // For other names of the same database.
        relations.allChanged(cause);
        entries.clear();
        statistics.count(Event.SCHEMA_CHANGE);
        onInvalidation.accept(cause, List.of());
        return epoch;
    }

    /** Returns the stored responses to a query, for operators. Visits all entries. */
    public List<StoredEntry> stored(QuerySignature signature) {
        return entries.of(signature).stream()
                .filter(stored -> stored.getKey().schemaEpoch() == schemaEpoch())
                .map(stored -> stored(stored.getKey(), stored.getValue()))
                .toList();
    }

    private StoredEntry stored(CacheKey key, CacheEntry entry) {
        return new StoredEntry(
                key,
                entry.body.readAt(),
                NANOSECONDS.toSeconds(Math.max(0, settings.ticker().read() - entry.filledAt)),
                NANOSECONDS.toSeconds(entry.retention),
                entry.body.length(),
                entry.tags,
                entry.relations,
                entry.defaultStrategy,
                entry.generation,
                isCurrent(entry));
    }

    /** Returns the last invalidation of data with these tags and from these relations, for operators; null if there was none. */
    public @Nullable PastInvalidation lastInvalidation(List<String> tags, RelationIds readFrom) {
        long last = Math.max(generations.lastChange(tags), relations.lastChange(readFrom));
        return last == 0 ? null : relations.clock().at(last);
    }

    /** The latest invalidations with their causes, the newest first, for operators. */
    public List<PastInvalidation> invalidations(int limit) {
        return relations.clock().latest(limit);
    }

    /** Whether a tag was ever invalidated by its name since the server started, as far as it is known. For operators. */
    public boolean wasInvalidated(String tag) {
        return generations.lastInvalidation(tag) > 0;
    }

    /** What the stored responses are used for, for operators. Visits all entries. */
    public CacheUse use(int topEntries) {
        CacheUse.Builder use = new CacheUse.Builder(topEntries);
        entries.forEach((key, entry) -> {
            if (key.schemaEpoch() == schemaEpoch() && isCurrent(entry)) {
                use.add(key, entry);
            }
        });
        return use.build();
    }

    /** Whether data from these relations can be stored now, for operators: not while it is unknown whether a change is visible. */
    public boolean isStorable(RelationIds readFrom) {
        return relations.isSettled(readFrom);
    }

    /** The latest requests of all databases. */
    public RecentRequests recent() {
        return settings.recent();
    }

    /** How often the schema has changed since the server started; part of every key. */
    public long schemaEpoch() {
        return schemaEpoch.get();
    }

    /** The policy of the database. */
    public CachePolicy policy() {
        return policy;
    }

    /** The statistics of this cache. */
    public CacheStatistics statistics() {
        return statistics;
    }

    /** The estimated number of entries, including outdated and expired ones that have not been removed yet. */
    public long size() {
        return entries.size();
    }

    /** Bytes of memory that entries hold. */
    public long bytes() {
        return entries.bytes();
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
