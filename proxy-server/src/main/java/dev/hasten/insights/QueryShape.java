package dev.hasten.insights;

import dev.hasten.insights.ShapeStatistics.Snapshot;
import dev.hasten.postgres.SqlMask;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Queries that differ only in their parameters, and their statistics in the current window and the one before. Thread-safe.
 */
public final class QueryShape {
    /** Longer statements are not kept: an app can have many of them. */
    private static final int LONGEST_EXAMPLE = 2000;

    private final Insights insights;
    private final ShapeKey key;
    private final String id;
    private final WeakReference<QueryShape> reference = new WeakReference<>(this);
    private volatile RepeatEstimator repeats = new RepeatEstimator();
    private volatile ShapeStatistics current;
    private volatile @Nullable ShapeStatistics previous;
    private volatile @Nullable String sql;
    private volatile @Nullable String example;

    QueryShape(Insights insights, ShapeKey key) {
        this.insights = insights;
        this.key = key;
        this.id = key.id();
        this.current = new ShapeStatistics(insights.window());
    }

    /** 16 hex digits, which stay the same after a restart. */
    public String id() {
        return id;
    }

    /**
     * A reference for what may live longer than the shape is remembered, such as stored responses: it does not keep the
     * statistics in memory.
     */
    public WeakReference<QueryShape> reference() {
        return reference;
    }

    /** The database of the queries. */
    public String database() {
        return key.database();
    }

    /** The model; null if there is none or it is not known. */
    public @Nullable String model() {
        return key.model();
    }

    /** The operation, such as {@code findMany}, {@code queryRaw} or {@code sql}. */
    public String operation() {
        return key.operation();
    }

    /** The model and the operation: {@code Post.findMany}; only the operation if there is no model. */
    public String label() {
        return key.model() == null ? key.operation() : key.model() + "." + key.operation();
    }

    /** What the query selects, if the client says it: arguments without values, as JSON. Otherwise null. */
    @Nullable
    String arguments() {
        String encoded = key.arguments();
        int colon = encoded == null ? -1 : encoded.indexOf(':');
        if (encoded == null || colon < 0) {
            return null;
        }
        try {
            String json =
                    new String(Base64.getUrlDecoder().decode(encoded.substring(colon + 1)), StandardCharsets.UTF_8);
            return Insights.shortened(json);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The first statement without its literals; null if none has run yet. */
    public @Nullable String sql() {
        return sql;
    }

    /** Whether a {@code cacheStrategy} is possible. */
    boolean isRead() {
        return key.read();
    }

    RepeatEstimator repeats() {
        return repeats;
    }

    /** Whether {@link #sql} is known. */
    public boolean hasSql() {
        return sql != null;
    }

    /** Sets the first statement that has run. */
    public void example(String statement) {
        example = statement.length() <= LONGEST_EXAMPLE ? statement : null;
        sql = Insights.shortened(SqlMask.shape(statement));
    }

    /** A statement of the query with its literals, which must not be shown; null if there is none. */
    @Nullable
    String example() {
        return example;
    }

    /** Adds a call. */
    public void add(QueryCall call) {
        insights.used(key, this);
        statistics().add(call);
    }

    /**
     * Adds a call that a cache could have answered, but whose request has no strategy.
     *
     * @param variant a hash of its parameters
     */
    public void addCacheable(int variant) {
        if (key.read()) {
            var _ = statistics();
            repeats.add(variant, insights.millis());
        }
    }

    private ShapeStatistics statistics() {
        ShapeStatistics known = current;
        return known.window == insights.window() ? known : next();
    }

    private synchronized ShapeStatistics next() {
        long window = insights.window();
        ShapeStatistics known = current;
        if (known.window == window) {
            return known;
        }
        previous = known;
        ShapeStatistics started = new ShapeStatistics(window);
        repeats = new RepeatEstimator();
        current = started;
        return started;
    }

    /** The statistics of a window. */
    Snapshot snapshot(long window) {
        ShapeStatistics latest = current;
        ShapeStatistics earlier = previous;
        if (latest.window == window) {
            return latest.snapshot();
        }
        return earlier != null && earlier.window == window ? earlier.snapshot() : Snapshot.NONE;
    }
}
