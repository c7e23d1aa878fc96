package dev.hasten.server;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.cache.CachePolicy;
import dev.hasten.cache.Confirmation;
import dev.hasten.cache.Invalidation;
import dev.hasten.cache.QueryCache;
import dev.hasten.cache.RecentRequests;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.config.Config;
import dev.hasten.config.DatabaseCacheConfig;
import dev.hasten.config.DatabaseConfig;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;

/** Creates the cache of each database from the configuration and divides the cache memory among the databases. */
final class CacheSetup {
    private final Config config;
    private final Watchdog watchdog;
    private final Executor background;
    private final RecentRequests recent;

    CacheSetup(Config config, Watchdog watchdog) {
        this.config = config;
        this.watchdog = watchdog;
        this.recent = new RecentRequests(config.cache().recentRequests());
        ThreadFactory threads = Thread.ofVirtual().name("hasten-cache").factory();
        this.background = task -> threads.newThread(task).start();
    }

    /**
     * Creates the cache of a database.
     *
     * @param relations when each relation of the database was last changed
     * @param confirmation whether all changes are known
     */
    QueryCache of(DatabaseConfig database, RelationGenerations relations, Confirmation confirmation) {
        return new QueryCache(
                policy(database),
                new QueryCache.Settings(
                        bytes(database),
                        database.limits().queryTimeout(),
                        Math.max(1, database.pool().size() / 2),
                        watchdog,
                        Ticker.systemTicker(),
                        InstantSource.system(),
                        background,
                        recent),
                relations,
                confirmation);
    }

    private static CachePolicy policy(DatabaseConfig database) {
        DatabaseCacheConfig cache = database.cache();
        CachePolicy.Limits limits = new CachePolicy.Limits(
                cache.maxTtl().toSeconds(),
                cache.maxSwr().toSeconds(),
                cache.maxTags(),
                database.cacheEntryBytes(),
                cache.invalidationsPerSecond());
        return new CachePolicy(
                cache.enabled(), cache.sharedByKeys(), invalidation(database), limits, defaults(database));
    }

    /** Who reports changes of the database's data. */
    static Invalidation invalidation(DatabaseConfig database) {
        return Invalidation.valueOf(database.cache().invalidation().name());
    }

    private static Map<String, CacheStrategy> defaults(DatabaseConfig database) {
        return database.cacheDefaults().stream()
                .collect(Collectors.toUnmodifiableMap(
                        strategy -> Objects.requireNonNull(strategy.model()),
                        strategy -> new CacheStrategy(
                                strategy.ttl().toSeconds(), strategy.swr().toSeconds(), strategy.tagList())));
    }

    /** The memory for a database. The share of a database whose cache is disabled goes to the others. */
    private long bytes(DatabaseConfig database) {
        long shares = config.databases().values().stream()
                .map(DatabaseConfig::cache)
                .filter(DatabaseCacheConfig::enabled)
                .mapToLong(DatabaseCacheConfig::share)
                .sum();
        return database.cache().enabled()
                ? (long)
                        ((double) config.cache().limitBytes() * database.cache().share() / shares)
                : 0;
    }
}
