package dev.hasten.memory;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process if it is out of memory in a way that {@code -XX:+ExitOnOutOfMemoryError} does not cover: permanent
 * garbage collection throws no error, and Netty throws its own error if direct memory is exhausted. The service manager
 * then restarts the process.
 */
public final class MemoryWatchdog {
    /** Same exit status as for {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_STATUS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatchdog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A process that has been out of memory for this long does not recover. */
    private static final long HOPELESS_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The size of Netty's memory chunks: if less direct memory is left, an allocation can fail. */
    private static final long EXHAUSTED_BYTES = 4 << 20;

    private final LongSupplier nanoTime;
    private final LongSupplier collectionMillis;
    private final LongSupplier freeDirectBytes;
    private long lastNanos;
    private long lastCollectionMillis;
    /** When garbage collection started to take nearly all of the time. */
    private long collectingSinceNanos;
    /** When direct memory became exhausted. */
    private long exhaustedSinceNanos;

    /**
     * @param nanoTime same as {@link System#nanoTime}
     * @param collectionMillis total duration of all garbage collections since the JVM started, in milliseconds
     * @param freeDirectBytes direct memory that is left, in bytes
     */
    MemoryWatchdog(LongSupplier nanoTime, LongSupplier collectionMillis, LongSupplier freeDirectBytes) {
        this.nanoTime = nanoTime;
        this.collectionMillis = collectionMillis;
        this.freeDirectBytes = freeDirectBytes;
        lastNanos = nanoTime.getAsLong();
        lastCollectionMillis = collectionMillis.getAsLong();
        collectingSinceNanos = lastNanos;
        exhaustedSinceNanos = lastNanos;
    }

    /** Starts watching this process. */
    public static void start() {
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> pauses(collector.getName()))
                .toList();
        MemoryWatchdog watchdog = new MemoryWatchdog(
                System::nanoTime,
                () -> collectors.stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .sum(),
                () -> PlatformDependent.maxDirectMemory() - PlatformDependent.usedDirectMemory());
        // A platform thread runs even if all carrier threads of virtual threads are busy.
        Thread.ofPlatform().daemon().name("hasten-memory-watchdog").start(watchdog::watch);
    }

    /**
     * Whether the times reported by a collector are pauses of the JVM. ZGC and Shenandoah report separately their
     * cycles, during which the application runs, and their pauses.
     */
    static boolean pauses(String collector) {
        return !collector.endsWith("Cycles");
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                String trouble = trouble();
                if (trouble != null) {
                    LOG.error(
                            "{}; exiting with status {}. Increase the heap (-Xmx), or lower memory.budget and"
                                    + " cache.max_bytes",
                            trouble,
                            EXIT_STATUS);
                    // Not exit(): shutdown hooks would need memory.
                    Runtime.getRuntime().halt(EXIT_STATUS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Checks the process. Called about once a second. Returns the reason if the process cannot recover, otherwise null.
     */
    @Nullable
    String trouble() {
        long now = nanoTime.getAsLong();
        long collection = collectionMillis.getAsLong();
        // Nine tenths, because the reported times do not include the time to reach and leave a safepoint.
        boolean collects =
                TimeUnit.MILLISECONDS.toNanos(collection - lastCollectionMillis) >= (now - lastNanos) / 10 * 9;
        lastCollectionMillis = collection;
        lastNanos = now;
        if (!collects) {
            collectingSinceNanos = now;
        }
        if (freeDirectBytes.getAsLong() >= EXHAUSTED_BYTES) {
            exhaustedSinceNanos = now;
        }
        if (now - collectingSinceNanos >= HOPELESS_NANOS) {
            return "garbage collection has taken nearly all of the time for 30 seconds";
        }
        return now - exhaustedSinceNanos >= HOPELESS_NANOS ? "direct memory has been exhausted for 30 seconds" : null;
    }
}
