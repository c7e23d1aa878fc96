package dev.hasten.insights;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.postgres.SqlMask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of the queries of all databases by their shape. The number of shapes is limited: the least used ones are
 * removed, because clients determine how many there are. Thread-safe.
 */
public final class Insights {
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_TEXT = 1000;
    private static final int LONGEST_ARGUMENTS = 4000;
    private static final int LONGEST_SQL = 20_000;
    /** SQL of the app is normalized once for each text, up to this many characters in total. Does not keep shapes in memory. */
    private static final long SQL_TEXTS = 2 << 20;

    /** The operation of SQL over HTTP. */
    public static final String SQL = "sql";

    private final Cache<ShapeKey, QueryShape> shapes;
    private final Cache<SqlKey, QueryShape> shapesOfSql;
    private final boolean enabled;
    private final long windowNanos;
    private final Ticker ticker;
    private final InstantSource clock;
    private final LongAdder evictions = new LongAdder();
    private volatile Window window;

    private record SqlKey(String database, String operation, String text) {}

    /**
     * The calls of a period.
     *
     * @param number counts windows, from 1
     * @param startNanos on the ticker
     * @param previousStart when the window before started; null if there was none
     */
    private record Window(
            long number,
            long startNanos,
            Instant start,
            @Nullable Instant previousStart) {}

    /**
     * @param maxShapes how many shapes are remembered; 0 turns statistics off
     * @param length how long a window is
     */
    public Insights(int maxShapes, Duration length, Ticker ticker, InstantSource clock) {
        this.enabled = maxShapes > 0;
        this.windowNanos = length.toNanos();
        this.ticker = ticker;
        this.clock = clock;
        this.window = new Window(1, ticker.read(), clock.instant(), null);
        this.shapes = Caffeine.newBuilder()
                .maximumSize(maxShapes)
                .executor(Runnable::run)
                .evictionListener(
                        (@Nullable ShapeKey _, @Nullable QueryShape _, RemovalCause _) -> evictions.increment())
                .build();
        this.shapesOfSql = Caffeine.newBuilder()
                .maximumWeight(enabled ? SQL_TEXTS : 0)
                .weakValues()
                .weigher((SqlKey key, QueryShape _) -> key.text().length() + LONGEST_NAME)
                .executor(Runnable::run)
                .build();
    }

    /**
     * The shape of a Prisma query; null if statistics are off.
     *
     * @param arguments what the query selects, without values, in the encoding of
     *     {@code @prisma/sqlcommenter-query-insights}; null if the client does not say it
     * @param fingerprint a hash of its plan
     * @param read whether a {@code cacheStrategy} is possible
     */
    public @Nullable QueryShape shape(
            String database,
            @Nullable String model,
            String operation,
            @Nullable String arguments,
            long fingerprint,
            boolean read) {
        if (!enabled) {
            return null;
        }
        ShapeKey key = new ShapeKey(
                database,
                model == null ? null : shortened(model, LONGEST_NAME),
                shortened(operation, LONGEST_NAME),
                arguments == null || arguments.length() > LONGEST_ARGUMENTS ? null : arguments,
                fingerprint,
                read);
        QueryShape known = shapes.getIfPresent(key);
        return known != null ? known : shapes.get(key, missing -> new QueryShape(this, missing));
    }

    /**
     * The shape of SQL that an app wrote; null if statistics are off.
     *
     * @param operation {@link #SQL}, or that of Prisma's raw queries
     * @param read whether a {@code cacheStrategy} is possible
     */
    public @Nullable QueryShape shapeOfSql(String database, String operation, String text, boolean read) {
        if (!enabled) {
            return null;
        }
        // What follows says nothing new, and would have to be hashed for each request.
        String sql = text.length() <= LONGEST_SQL ? text : text.substring(0, LONGEST_SQL);
        SqlKey key = new SqlKey(database, operation, sql);
        QueryShape known = shapesOfSql.getIfPresent(key);
        if (known == null) {
            known = shape(database, null, operation, null, hash(SqlMask.shape(sql)), read);
            if (known != null) {
                known.example(sql);
                shapesOfSql.put(key, known);
            }
        }
        return known;
    }

    /** Called for each use of a shape, also by hits of the cache, so that often used ones stay. */
    void used(ShapeKey key, QueryShape shape) {
        if (shapes.getIfPresent(key) == null) {
            shapes.put(key, shape);
        }
    }

    /** A hash of a text, with 64 bits. */
    public static long hash(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = hash * 0x100000001b3L ^ text.charAt(i);
        }
        return hash;
    }

    static String shortened(String text) {
        return shortened(text, LONGEST_TEXT);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }

    /** Milliseconds on the ticker. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.read());
    }

    /** The number of the current window, which may start now. */
    long window() {
        Window known = window;
        return ticker.read() - known.startNanos() < windowNanos ? known.number() : start(known);
    }

    private synchronized long start(Window over) {
        if (window.number() == over.number()) {
            window = new Window(over.number() + 1, ticker.read(), clock.instant(), over.start());
        }
        return window.number();
    }

    /** Starts a new window now. */
    public void reset() {
        start(window);
    }

    /** When the current window started. */
    public Instant windowStart() {
        window();
        return window.start();
    }

    /** When the window before the current one started; null if there was none. */
    public @Nullable Instant previousStart() {
        window();
        return window.previousStart();
    }

    /** The statistics of all shapes with calls in the current window, or in the one before. */
    public List<ShapeReport> reports(boolean previous) {
        long number = window() - (previous ? 1 : 0);
        return all().stream()
                .map(shape -> ShapeReport.of(shape, shape.snapshot(number)))
                .filter(report -> report.calls() > 0)
                .toList();
    }

    Collection<QueryShape> all() {
        return shapes.asMap().values();
    }

    /** How many shapes are remembered. */
    public long size() {
        return shapes.estimatedSize();
    }

    /** How many shapes were removed because there were too many. */
    public long evictions() {
        return evictions.sum();
    }
}
