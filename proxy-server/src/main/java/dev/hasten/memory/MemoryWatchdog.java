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
 * Ends a process that has no memory left but is not told so: a collector that runs all of the time never throws an
 * OutOfMemoryError, and Netty throws one of its own that {@code -XX:+ExitOnOutOfMemoryError} does not see. Whatever started
 * the process starts it again.
 */
public final class MemoryWatchdog {
    /** The status that Java exits with for {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_STATUS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatchdog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A server in trouble for this long does not recover. */
    private static final long HOPELESS_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Less than this is one piece of what Netty takes at a time. */
    private static final long EXHAUSTED_BYTES = 4 << 20;

    private final LongSupplier nanoTime;
    private final LongSupplier collectionMillis;
    private final LongSupplier freeDirectBytes;
    private long lastNanos;
    private long lastCollectionMillis;
    /** Since when nearly all of the time goes to the collector. */
    private long collectingSinceNanos;
    /** Since when direct memory is exhausted. */
    private long exhaustedSinceNanos;

    /**
     * @param nanoTime as {@link System#nanoTime}
     * @param collectionMillis how long collections have taken since the start, together
     * @param freeDirectBytes direct memory that is left
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

    /** Begins to watch this process, until it ends. */
    public static void start() {
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        MemoryWatchdog watchdog = new MemoryWatchdog(
                System::nanoTime,
                () -> collectors.stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .sum(),
                () -> PlatformDependent.maxDirectMemory() - PlatformDependent.usedDirectMemory());
        // Not virtual, so that it runs when the carriers do not.
        Thread.ofPlatform().daemon().name("hasten-memory-watchdog").start(watchdog::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                String trouble = trouble();
                if (trouble != null) {
                    LOG.error("{}: the process ends, with status {}", trouble, EXIT_STATUS);
                    // Shutdown hooks need memory, too.
                    Runtime.getRuntime().halt(EXIT_STATUS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at the process, once a second or so; null as long as there is hope. */
    @Nullable
    String trouble() {
        long now = nanoTime.getAsLong();
        long collection = collectionMillis.getAsLong();
        // Nine tenths, because the collector's own account leaves out how it starts and ends.
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
            return "the garbage collector has taken nearly all of the time for 30 seconds";
        }
        return now - exhaustedSinceNanos >= HOPELESS_NANOS ? "direct memory was exhausted for 30 seconds" : null;
    }
}
