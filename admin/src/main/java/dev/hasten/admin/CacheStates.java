package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.cache.CachePolicy;
import dev.hasten.cache.CacheStatistics;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.QueryCache;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.stream.ChangeStream;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The content and statistics of the caches. */
final class CacheStates {
    private final Collection<Database> databases;

    /** {@code GET /cache}. */
    record Caches(List<Cache> databases) {}

    /**
     * The cache of one database.
     *
     * @param entries approximate number of entries; includes outdated and expired ones that have not been removed yet
     * @param bytes memory used by entries
     * @param limitBytes maximum memory for entries
     * @param invalidation who reports changes: {@code tags}, {@code writes} or {@code stream}
     * @param stream null unless {@code invalidation} is {@code stream}
     */
    record Cache(
            String database,
            boolean enabled,
            long schemaEpoch,
            long entries,
            long bytes,
            long limitBytes,
            String invalidation,
            @Nullable Stream stream,
            Policy policy,
            Counts counts) {}

    /**
     * The change stream.
     *
     * @param phase {@code starting}, {@code following} or {@code failed}
     * @param detail what it waits for, or what must be done; empty if it follows
     * @param confirmedAgeMs time since the last moment of which all changes are known, -1 if there is none
     * @param lagBytes the log that PostgreSQL keeps for it
     * @param pendingCommits commits that have arrived and are not known to be visible
     */
    record Stream(String phase, String detail, long confirmedAgeMs, long lagBytes, int pendingCommits) {}

    /**
     * The configured limits; see {@link CachePolicy}.
     *
     * @param invalidationsPerSecond 0 means no limit
     * @param defaults by model
     */
    record Policy(
            long maxTtlSeconds,
            long maxSwrSeconds,
            int maxTags,
            long maxEntryBytes,
            boolean sharedByKeys,
            int invalidationsPerSecond,
            Map<String, Strategy> defaults) {}

    /** The strategy for requests without a {@code cacheStrategy}. */
    record Strategy(long ttlSeconds, long swrSeconds, List<String> tags) {}

    /**
     * Event counts since the server started; see {@link Event}.
     *
     * @param coalesced misses that waited for the same query of another request; they are also included in
     *     {@code misses}
     */
    record Counts(
            long hits,
            long staleHits,
            long misses,
            long coalesced,
            long bypassed,
            long refreshes,
            long failedRefreshes,
            long tooLarge,
            long outdated,
            long evictions,
            Invalidations invalidations) {}

    /** Invalidations by kind. */
    record Invalidations(long tags, long models, long tables, long all, long schema, long writes) {}

    CacheStates(Collection<Database> databases) {
        this.databases = databases;
    }

    Response caches(Exchange exchange) {
        return AdminJson.response(200, caches());
    }

    private Caches caches() {
        return new Caches(databases.stream().map(CacheStates::cache).toList());
    }

    private static Cache cache(Database database) {
        QueryCache cache = database.cache();
        return new Cache(
                database.name(),
                cache.policy().enabled(),
                cache.schemaEpoch(),
                cache.size(),
                cache.bytes(),
                cache.maxBytes(),
                lowerCase(cache.policy().invalidation()),
                stream(database.stream()),
                policy(cache.policy()),
                counts(cache.statistics()));
    }

    private static @Nullable Stream stream(@Nullable ChangeStream stream) {
        return stream == null
                ? null
                : new Stream(
                        lowerCase(stream.state().phase()),
                        stream.state().detail(),
                        stream.confirmedAgeMillis(),
                        stream.lagBytes(),
                        stream.pending());
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Policy policy(CachePolicy policy) {
        Map<String, Strategy> defaults = new TreeMap<>();
        policy.defaults().forEach((model, strategy) -> defaults.put(model, strategy(strategy)));
        return new Policy(
                policy.limits().maxTtlSeconds(),
                policy.limits().maxSwrSeconds(),
                policy.limits().maxTags(),
                policy.limits().maxEntryBytes(),
                policy.sharedByKeys(),
                policy.limits().invalidationsPerSecond(),
                defaults);
    }

    private static Strategy strategy(CacheStrategy strategy) {
        return new Strategy(strategy.ttlSeconds(), strategy.swrSeconds(), strategy.tags());
    }

    private static Counts counts(CacheStatistics statistics) {
        return new Counts(
                statistics.of(Event.HIT),
                statistics.of(Event.STALE_HIT),
                statistics.of(Event.MISS),
                statistics.of(Event.COALESCED),
                statistics.of(Event.BYPASS),
                statistics.of(Event.REFRESH),
                statistics.of(Event.FAILED_REFRESH),
                statistics.of(Event.TOO_LARGE),
                statistics.of(Event.OUTDATED),
                statistics.of(Event.EVICTION),
                new Invalidations(
                        statistics.of(Event.INVALIDATE_TAGS),
                        statistics.of(Event.INVALIDATE_MODEL),
                        statistics.of(Event.INVALIDATE_TABLES),
                        statistics.of(Event.INVALIDATE_ALL),
                        statistics.of(Event.SCHEMA_CHANGE),
                        statistics.of(Event.WRITE)));
    }
}
