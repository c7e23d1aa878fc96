package dev.hasten.config;

import java.util.List;

/**
 * One database that clients can query.
 *
 * @param name how keys, metrics and logs name it
 * @param pool its connection pool
 * @param limits what one request may take
 * @param schemas what clients may upload
 * @param keys API keys from the configuration; more may be made at run time
 */
public record DatabaseConfig(
        String name,

        @Setting(
                doc = "`postgresql://user:password@host:5432/database`, with the parameters described below."
                        + " Required. `DATABASE_URL` is `databases.default.url`.")
        DatabaseUrl url,

        PoolConfig pool,
        LimitsConfig limits,
        SchemasConfig schemas,
        DatabaseCacheConfig cache,
        List<DatabaseCacheConfig.Default> cacheDefaults,
        List<ApiKeyConfig> keys) {
    public DatabaseConfig {
        cacheDefaults = List.copyOf(cacheDefaults);
        keys = List.copyOf(keys);
    }

    /** Most interactive transactions at a time, with the default worked out: two connections stay for queries. */
    public int maxTransactions() {
        return limits.transactions() == 0 ? Math.max(1, pool.size() - 2) : limits.transactions();
    }

    /** Bytes of the largest answer that is stored, with the default worked out. */
    public long cacheEntryBytes() {
        return cache.entryBytes() == 0 ? limits.responseBytes() : cache.entryBytes();
    }
}
