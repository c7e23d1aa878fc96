package dev.hasten.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Finds fresh entries, each time the next of 1024. */
@State(Scope.Benchmark)
public class QueryCacheBenchmark {
    /** Must be a power of two. */
    private static final int ENTRIES = 1024;

    private static final CacheStrategy PLAIN = new CacheStrategy(3600, 0, List.of());
    private static final CacheStrategy TAGGED = new CacheStrategy(3600, 0, List.of("users", "posts"));

    private final Watchdog watchdog = new Watchdog();
    private final QueryCache cache = new QueryCache(
            new CachePolicy(
                    true,
                    true,
                    Invalidation.TAGS,
                    new CachePolicy.Limits(CacheStrategy.LONGEST_SECONDS, CacheStrategy.LONGEST_SECONDS, 5, 1 << 20, 0),
                    Map.of()),
            new QueryCache.Settings(
                    64 << 20,
                    Duration.ofSeconds(10),
                    2,
                    watchdog,
                    Ticker.systemTicker(),
                    InstantSource.system(),
                    ForkJoinPool.commonPool(),
                    new RecentRequests(0)),
            RelationGenerations.unused());
    private final QuerySignature[] plain = new QuerySignature[ENTRIES];
    private final QuerySignature[] tagged = new QuerySignature[ENTRIES];
    private int next;

    @Setup
    public void fill() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int i = 0; i < ENTRIES; i++) {
            plain[i] = stored(random, PLAIN);
            tagged[i] = stored(random, TAGGED);
        }
    }

    private QuerySignature stored(RandomGenerator random, CacheStrategy strategy) {
        QuerySignature signature =
                new QuerySignature(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        cache.fetch(new Lookup(key(signature), strategy, "User", false), new Cancellation(), _ -> new byte[186]);
        if (cache.find(new Lookup(key(signature), strategy, null, false)) == null) {
            throw new IllegalStateException("a response that was just read is not stored");
        }
        return signature;
    }

    /** Returns the cache key that a request creates. */
    private CacheKey key(QuerySignature signature) {
        return new CacheKey(signature, "remote-executor", cache.schemaEpoch(), null);
    }

    @Benchmark
    public @Nullable CachedResponse hit() {
        return cache.find(new Lookup(key(plain[next++ & (ENTRIES - 1)]), PLAIN, null, false));
    }

    @Benchmark
    public @Nullable CachedResponse hitWithTwoTags() {
        return cache.find(new Lookup(key(tagged[next++ & (ENTRIES - 1)]), TAGGED, null, false));
    }

    @TearDown
    public void stop() {
        watchdog.close();
    }
}
