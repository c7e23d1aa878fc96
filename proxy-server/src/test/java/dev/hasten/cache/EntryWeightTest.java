package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.github.benmanes.caffeine.cache.Cache;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jol.info.GraphLayout;

/** The reported size of the cache matches its memory use in the JVM; otherwise the configured limit is ineffective. */
final class EntryWeightTest {
    /** Just enough for a resize of the table, after which it wastes most memory. */
    private static final int ENTRIES = 3_200;

    @AutoClose
    private static final Watchdog WATCHDOG = new Watchdog();

    private final SplittableRandom random = new SplittableRandom(1);

    @ParameterizedTest
    @CsvSource({
        "25, 0, false",
        "25, 1, false",
        "186, 2, false",
        "186, 5, false",
        "25, 200, false",
        "1024, 0, true",
        "9000, 5, true"
    })
    void reportedBytesMatchTheRetainedHeap(int bodyBytes, int tags, boolean gzip) throws ReflectiveOperationException {
        QueryCache cache = new QueryCache(
                new CachePolicy(
                        true, true, Invalidation.TAGS, new CachePolicy.Limits(1000, 1000, 200, 1 << 20, 0), Map.of()),
                new QueryCache.Settings(
                        1 << 30,
                        Duration.ofHours(1),
                        1,
                        WATCHDOG,
                        System::nanoTime,
                        new VirtualTime(),
                        Runnable::run,
                        new RecentRequests(0)),
                RelationGenerations.unused());
        long empty = retained(cache);
        IntStream.range(0, ENTRIES).forEach(number -> fill(cache, number, bodyBytes, tags, gzip));
        cache.cleanUp();
        assertThat(cache.size()).isEqualTo(ENTRIES);
        long retained = retained(cache) - empty;
        assertThat(cache.bytes()).as("bytes of %s entries", ENTRIES).isCloseTo(retained, withinPercentage(15));
    }

    /**
     * Returns the bytes retained by the table. Starting at the cache itself would also reach threads and class loaders.
     */
    private static long retained(QueryCache cache) throws ReflectiveOperationException {
        Object table = field(QueryCache.class, "entries").get(cache);
        Object entries = ((Cache<?, ?>) field(EntryTable.class, "entries").get(table)).asMap();
        Class<?> implementation = entries.getClass();
        while (!implementation.getSimpleName().equals("BoundedLocalCache")) {
            implementation = implementation.getSuperclass();
        }
        Method frequencies = implementation.getDeclaredMethod("frequencySketch");
        frequencies.setAccessible(true);
        return GraphLayout.parseInstance(field(implementation, "data").get(entries), frequencies.invoke(entries))
                .totalSize();
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private void fill(QueryCache cache, int number, int bodyBytes, int tags, boolean gzip) {
        CacheKey key = new CacheKey(
                new QuerySignature(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()),
                "remote-executor",
                0,
                null);
        List<String> names = IntStream.range(0, tags)
                .mapToObj(tag -> "tag_" + number + "_" + tag)
                .toList();
        CacheStrategy strategy = new CacheStrategy(1000, 1000, names);
        byte[] body = new byte[bodyBytes];
        for (int i = 0; i < bodyBytes; i++) {
            body[i] = (byte) ('a' + random.nextInt(8));
        }
        cache.fetch(new Lookup(key, strategy, null, false), new Cancellation(), _ -> body);
        CachedResponse found = cache.find(new Lookup(key, strategy, null, gzip));
        assertThat(found).isNotNull();
    }
}
