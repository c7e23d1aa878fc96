package dev.hasten.config;

import java.util.List;

/**
 * One database that clients can query.
 *
 * @param name its name in API keys, metrics and logs
 * @param pool its connection pool
 * @param limits limits for one query or transaction
 * @param schemas the storage and limits of uploaded Prisma schemas
 * @param stream its change stream, for {@code cache.invalidation: stream}
 * @param keys API keys from the configuration; more can be created at run time
 */
public record DatabaseConfig(
        String name,

        @Setting(
                doc = "`postgresql://user:password@host:5432/database`, with the parameters described below."
                        + " Required. `DATABASE_URL` sets `databases.default.url`.")
        DatabaseUrl url,

        PoolConfig pool,
        LimitsConfig limits,
        SchemasConfig schemas,
        DatabaseCacheConfig cache,
        StreamConfig stream,
        List<DatabaseCacheConfig.Default> cacheDefaults,
        List<ApiKeyConfig> keys) {
    public DatabaseConfig {
        cacheDefaults = List.copyOf(cacheDefaults);
        keys = List.copyOf(keys);
    }

    /** Maximum number of concurrent streamed responses, with the default resolved. */
    public int maxStreams() {
        return limits.maxStreams() == 0 ? Math.max(1, pool.size() / 2) : limits.maxStreams();
    }

    /**
     * Maximum number of concurrent interactive transactions, with the default resolved. The default leaves two
     * connections for other queries.
     */
    public int maxTransactions() {
        return limits.maxTransactions() == 0 ? Math.max(1, pool.size() - 2) : limits.maxTransactions();
    }

    /** Maximum size of a cached response in bytes, with the default resolved. */
    public long cacheEntryBytes() {
        return cache.maxEntryBytes() == 0 ? limits.maxResponseBytes() : cache.maxEntryBytes();
    }
}
