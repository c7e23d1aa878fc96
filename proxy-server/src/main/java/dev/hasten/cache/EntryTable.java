package dev.hasten.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.protocol.QuerySignature;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The entries of a cache: limited memory, and no entry stays that no request can use any longer. Thread-safe. */
final class EntryTable {
    private final Cache<CacheKey, CacheEntry> entries;

    /**
     * @param maxBytes memory for entries, 0 or more
     * @param background maintains the table
     * @param onEviction called for each entry that is removed for lack of space
     */
    EntryTable(long maxBytes, Ticker ticker, Executor background, Runnable onEviction) {
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((CacheKey _, CacheEntry entry) -> entry.weight())
                .expireAfter(new AfterRetention())
                .ticker(ticker)
                .executor(background)
                .evictionListener((@Nullable CacheKey _, @Nullable CacheEntry _, RemovalCause cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        onEviction.run();
                    }
                })
                .build();
    }

    /** Lets entries expire when no request can use them any longer, no matter how often they are read. */
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

    /** The entry, if it has not expired. */
    @Nullable
    CacheEntry get(CacheKey key) {
        return entries.getIfPresent(key);
    }

    /** Stores an entry, unless the table has the result of a query that started at a later generation. */
    void put(CacheKey key, CacheEntry filled) {
        entries.asMap().merge(key, filled, (old, latest) -> old.generation > latest.generation ? old : latest);
    }

    /** Compresses an entry, unless it has been replaced. */
    void compress(CacheKey key, CacheEntry entry) {
        entries.asMap().replace(key, entry, entry.compressed());
    }

    /** Returns the entries of a query, in the protocols and for the API keys that have used it. Visits all entries. */
    List<Map.Entry<CacheKey, CacheEntry>> of(QuerySignature signature) {
        return entries.asMap().entrySet().stream()
                .filter(entry -> entry.getKey().signature().equals(signature))
                .toList();
    }

    /** Visits all entries. */
    void forEach(BiConsumer<CacheKey, CacheEntry> visitor) {
        entries.asMap().forEach(visitor);
    }

    /** Removes all entries. */
    void clear() {
        entries.invalidateAll();
    }

    /** The estimated number of entries, including expired ones that have not been removed yet. */
    long size() {
        return entries.estimatedSize();
    }

    /** Bytes of memory that entries hold. */
    long bytes() {
        return entries.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** Maintains the table now, so that {@link #size} and {@link #bytes} are exact. */
    void cleanUp() {
        entries.cleanUp();
    }
}
