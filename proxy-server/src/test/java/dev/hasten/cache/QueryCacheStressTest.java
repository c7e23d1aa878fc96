package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cache's promises with real threads at full speed. */
final class QueryCacheStressTest {
    private static final int READERS = 6;
    private static final int READS = 20_000;

    @AutoClose
    private static final Watchdog WATCHDOG = new Watchdog();

    /** The database's value for every key: a number that only grows. */
    private final AtomicLong database = new AtomicLong();
    /** The value at the start of the latest completed invalidation. */
    private final AtomicLong invalidated = new AtomicLong();

    private final AtomicInteger reading = new AtomicInteger(READERS);
    private final AtomicReferenceArray<Cancellation> current = new AtomicReferenceArray<>(READERS);
    private QueryCache cache = cache(200_000);

    private static QueryCache cache(long maximumBytes) {
        return new QueryCache(
                new CachePolicy(
                        true, true, Invalidation.TAGS, new CachePolicy.Limits(1000, 1000, 5, 100_000, 0), Map.of()),
                new QueryCache.Settings(
                        maximumBytes,
                        Duration.ofHours(1),
                        2,
                        WATCHDOG,
                        System::nanoTime,
                        InstantSource.system(),
                        Thread::startVirtualThread,
                        new RecentRequests(0)),
                RelationGenerations.unused());
    }

    private static CacheKey key(int number) {
        return new CacheKey(new QuerySignature(number, 0, 0, 0), "remote-executor", 0, null);
    }

    /** With 5,000 bytes, the cache has space for a few entries, and nearly every read evicts one. */
    @ParameterizedTest
    @CsvSource({"1, 200000, 0", "1000, 200000, 0", "1000, 5000, 1000"})
    void requestAfterAnInvalidationSeesNoOlderData(int keys, long maximumBytes, long evictions) throws Exception {
        cache = cache(maximumBytes);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
            int own = reader;
            work.add(() -> read(own, keys));
        }
        work.add(this::invalidate);
        work.add(this::goAway);
        int responded = run(work).stream().mapToInt(Integer::intValue).sum();
        long counted = cache.statistics().of(Event.HIT)
                + cache.statistics().of(Event.STALE_HIT)
                + cache.statistics().of(Event.MISS);
        assertThat(counted).as("number of hits and misses").isEqualTo(responded);
        cache.cleanUp();
        assertThat(cache.bytes()).isBetween(0L, maximumBytes);
        assertThat(cache.statistics().of(Event.EVICTION)).isGreaterThanOrEqualTo(evictions);
    }

    private static <T> List<T> run(List<Callable<T>> work) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(work.size())) {
            for (Future<T> future : work.stream().map(threads::submit).toList()) {
                results.add(future.get());
            }
        }
        return results;
    }

    /** Returns the number of successful reads. */
    private int read(int reader, int keys) {
        SplittableRandom random = new SplittableRandom(reader);
        int responded = 0;
        try {
            for (int i = 0; i < READS; i++) {
                CacheKey key = key(random.nextInt(keys));
                // Some requests omit the tag that others use for the same key.
                List<String> tags = random.nextInt(4) == 0 ? List.of() : List.of("a");
                CacheStrategy strategy = new CacheStrategy(random.nextInt(2), 1000, tags);
                Cancellation own = new Cancellation();
                current.set(reader, own);
                long least = tags.isEmpty() ? 0 : invalidated.get();
                try {
                    CachedResponse response =
                            cache.fetch(new Lookup(key, strategy, null, random.nextBoolean()), own, this::query);
                    assertThat(number(response)).isGreaterThanOrEqualTo(least);
                    responded++;
                    if (response.freshness() == Freshness.STALE) {
                        cache.refresh(new Lookup(key, strategy, null, false), TestCache.memory(), this::query);
                    }
                } catch (CancelledException e) {
                    assertThat(own.reason()).as("reason of a cancelled request").isNotNull();
                }
            }
        } finally {
            reading.decrementAndGet();
        }
        return responded;
    }

    private byte[] query(Cancellation cancellation) {
        byte[] body = String.format("%-500d", database.get()).getBytes(StandardCharsets.US_ASCII);
        if (ThreadLocalRandom.current().nextInt(64) == 0) {
            // Gives other requests time to join.
            LockSupport.parkNanos(1);
        }
        Cancellation.Reason reason = cancellation.reason();
        if (reason != null) {
            throw new CancelledException(reason);
        }
        return body;
    }

    private static long number(CachedResponse response) {
        return Long.parseLong(new String(response.body().json().array(), StandardCharsets.US_ASCII).strip());
    }

    private Integer invalidate() {
        for (int i = 0; reading.get() > 0; i++) {
            long written = database.incrementAndGet();
            if (i % 50 == 0) {
                cache.invalidateAll("test");
            } else {
                cache.invalidate(List.of("b", "a"), "test");
            }
            invalidated.set(written);
            // Sometimes wait, so that readers find entries.
            for (int pause = 0; pause < i % 1000; pause++) {
                Thread.onSpinWait();
            }
        }
        return 0;
    }

    private Integer goAway() {
        SplittableRandom random = new SplittableRandom(READERS);
        while (reading.get() > 0) {
            Cancellation someone = current.get(random.nextInt(READERS));
            if (someone != null && random.nextInt(20) == 0) {
                someone.cancel(Cancellation.Reason.DISCONNECT);
            }
            Thread.onSpinWait();
        }
        return 0;
    }

    @Test
    void concurrentMissesOfOneKeyRunOneQuery() throws Exception {
        int rounds = 3000;
        CacheStrategy strategy = new CacheStrategy(1000, 0, List.of("a"));
        AtomicInteger queries = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(READERS);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
            work.add(() -> {
                for (int round = 0; round < rounds; round++) {
                    start.await();
                    cache.fetch(new Lookup(key(round % 10), strategy, null, false), new Cancellation(), own -> {
                        queries.incrementAndGet();
                        return query(own);
                    });
                    if (start.await() == 0) {
                        cache.invalidate(List.of("a"), "test");
                    }
                }
                return 0;
            });
        }
        run(work);
        assertThat(queries).hasValue(rounds);
    }
}
