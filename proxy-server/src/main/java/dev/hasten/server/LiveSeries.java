package dev.hasten.server;

import com.sun.management.OperatingSystemMXBean;
import dev.hasten.activity.Traffic;
import dev.hasten.admission.Database;
import dev.hasten.insights.LatencyHistogram;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

/** How the server did in the latest 5 minutes, hour and 24 hours: 300 points each. Takes a sample every second. */
public final class LiveSeries implements AutoCloseable {
    private static final int POINTS = 300;
    private static final long SAMPLE_SECONDS = 1;
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Traffic traffic;
    private final Collection<Database> databases;
    private final IntSupplier running;
    private final InstantSource clock;
    private final Map<Window, Series> series = new EnumMap<>(Window.class);
    private final CountDownLatch closed = new CountDownLatch(1);
    private Traffic.Counts last;
    private long lastCpuNanos = PROCESS.getProcessCpuTime();
    private long lastNanos = System.nanoTime();

    /** The periods that can be shown. */
    public enum Window {
        MINUTES_5("5m", 1),
        HOUR_1("1h", 12),
        HOURS_24("24h", 288);

        private final String label;
        private final int stepSeconds;

        Window(String label, int stepSeconds) {
            this.label = label;
            this.stepSeconds = stepSeconds;
        }

        /** The name in the admin API. */
        public String label() {
            return label;
        }

        /** Time between two points. */
        public Duration step() {
            return Duration.ofSeconds(stepSeconds);
        }
    }

    /**
     * What happened between two samples, and the state at the end. Rates are per second.
     *
     * @param at the end of the period
     * @param hitRate hits and stale hits as a part of all queries of the cache, from 0 to 1; -1 if there were none
     * @param poolActive connections in use, of all databases
     * @param cpu CPU cores in use
     */
    public record Point(
            Instant at,
            double requestsPerSecond,
            double errorsPerSecond,
            double hitsPerSecond,
            double missesPerSecond,
            double uncachedPerSecond,
            double hitRate,
            double p50Ms,
            double p95Ms,
            double p99Ms,
            int running,
            int poolSize,
            int poolTotal,
            int poolActive,
            int poolWaiting,
            int transactions,
            double cpu,
            long heapBytes) {}

    /** The points of a window, and what was counted since the last one. */
    private static final class Series {
        private final Deque<Point> points = new ArrayDeque<>();
        private Traffic.Counts counted = none();
        private double seconds;
        private double cpuSeconds;

        private static Traffic.Counts none() {
            return new Traffic.Counts(0, 0, 0, 0, 0, 0, LatencyHistogram.Counts.none());
        }
    }

    LiveSeries(Traffic traffic, Collection<Database> databases, IntSupplier running, InstantSource clock) {
        this.traffic = traffic;
        this.databases = databases;
        this.running = running;
        this.clock = clock;
        this.last = traffic.counts();
        for (Window window : Window.values()) {
            series.put(window, new Series());
        }
        Thread.ofVirtual().name("hasten-live").start(this::sampleRegularly);
    }

    private void sampleRegularly() {
        try {
            while (!closed.await(SAMPLE_SECONDS, TimeUnit.SECONDS)) {
                sample();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void sample() {
        Traffic.Counts now = traffic.counts();
        Traffic.Counts since = now.since(last);
        last = now;
        long nanos = System.nanoTime();
        long cpuNanos = PROCESS.getProcessCpuTime();
        double seconds = (nanos - lastNanos) / 1e9;
        double cpuSeconds = (cpuNanos - lastCpuNanos) / 1e9;
        lastNanos = nanos;
        lastCpuNanos = cpuNanos;
        series.forEach((window, each) -> {
            each.counted = each.counted.and(since);
            each.seconds += seconds;
            each.cpuSeconds += cpuSeconds;
            // Half a step, because samples are never exact.
            if (each.seconds >= window.step().toSeconds() - SAMPLE_SECONDS / 2.0) {
                each.points.addLast(point(each));
                if (each.points.size() > POINTS) {
                    each.points.removeFirst();
                }
                each.counted = Series.none();
                each.seconds = 0;
                each.cpuSeconds = 0;
            }
        });
        notifyAll();
    }

    private Point point(Series each) {
        Traffic.Counts counts = each.counted;
        long hits = counts.hits() + counts.staleHits();
        long queries = hits + counts.misses() + counts.uncached();
        return new Point(
                clock.instant(),
                rate(counts.requests(), each.seconds),
                rate(counts.errors(), each.seconds),
                rate(hits, each.seconds),
                rate(counts.misses(), each.seconds),
                rate(counts.uncached(), each.seconds),
                queries == 0 ? -1 : rounded((double) hits / queries),
                rounded(counts.latencies().percentileMillis(0.5)),
                rounded(counts.latencies().percentileMillis(0.95)),
                rounded(counts.latencies().percentileMillis(0.99)),
                running.getAsInt(),
                sum(database -> database.pool().options().size().connections()),
                sum(database -> database.pool().total()),
                sum(database -> database.pool().active()),
                sum(database -> database.pool().waiting()),
                sum(database -> database.transactions().openCount()),
                rounded(each.cpuSeconds / each.seconds),
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }

    private int sum(ToIntFunction<Database> value) {
        return databases.stream().mapToInt(value).sum();
    }

    private static double rate(long count, double seconds) {
        return rounded((double) count / seconds);
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** The points of a window, the oldest first. */
    public synchronized List<Point> points(Window window) {
        return List.copyOf(of(window).points);
    }

    /**
     * Waits for points.
     *
     * @param after the last known point
     * @param limit how long to wait
     * @return those after it; empty if there are none within the limit, or if the server stops
     */
    public synchronized List<Point> await(Window window, Instant after, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            List<Point> later = of(window).points.stream()
                    .filter(point -> point.at().isAfter(after))
                    .toList();
            long left = end - System.nanoTime();
            if (!later.isEmpty() || left <= 0 || closed.getCount() == 0) {
                return later;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private Series of(Window window) {
        return Objects.requireNonNull(series.get(window));
    }

    /** Whether no more samples are taken. */
    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Stops taking samples. */
    @Override
    public synchronized void close() {
        closed.countDown();
        notifyAll();
    }
}
