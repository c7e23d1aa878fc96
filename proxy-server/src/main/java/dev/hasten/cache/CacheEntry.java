package dev.hasten.cache;

import dev.hasten.insights.QueryShape;
import dev.hasten.protocol.CacheStrategy;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A stored response.
 *
 * @see QueryCache
 */
final class CacheEntry {
    /**
     * Bytes of an entry's objects and its place in the table, without tags and body. Measured with JOL on a 64-bit JVM
     * with compressed references.
     */
    private static final int OVERHEAD = 352;

    private static final int TAG_OVERHEAD = 52;

    final CachedBody body;
    /** The generation when its query started. */
    final long generation;

    final List<String> tags;
    /** What the data was read from. */
    final RelationIds relations;
    /** The strategy for requests without one, from the {@link CachePolicy}. */
    final CacheStrategy defaultStrategy;
    /** The place of its model among the tags; see {@link Generations#modelSlot}. */
    final int modelSlot;

    private final @Nullable WeakReference<QueryShape> shape;
    /** How long it took to read the response, in nanoseconds. */
    final long fillNanos;
    /** Nanoseconds on the cache's ticker. */
    final long filledAt;
    /** Nanoseconds from {@link #filledAt} until no request can use the entry any longer. */
    final long retention;

    /**
     * The time before which no refresh starts, in nanoseconds on the cache's ticker. Shared with the compressed copy of
     * the entry.
     */
    final AtomicLong nextRefresh;

    private final AtomicBoolean compressing;
    /** How many requests have used the entry. */
    final AtomicInteger hits;

    CacheEntry(
            CachedBody body,
            long generation,
            List<String> tags,
            RelationIds relations,
            CacheStrategy defaultStrategy,
            int modelSlot,
            @Nullable QueryShape shape,
            long fillNanos,
            long filledAt,
            long retention) {
        this(
                body,
                generation,
                tags,
                relations,
                defaultStrategy,
                modelSlot,
                shape == null ? null : shape.reference(),
                fillNanos,
                filledAt,
                retention,
                new AtomicLong(filledAt),
                new AtomicBoolean(),
                new AtomicInteger());
    }

    private CacheEntry(
            CachedBody body,
            long generation,
            List<String> tags,
            RelationIds relations,
            CacheStrategy defaultStrategy,
            int modelSlot,
            @Nullable WeakReference<QueryShape> shape,
            long fillNanos,
            long filledAt,
            long retention,
            AtomicLong nextRefresh,
            AtomicBoolean compressing,
            AtomicInteger hits) {
        this.body = body;
        this.generation = generation;
        this.tags = tags;
        this.relations = relations;
        this.defaultStrategy = defaultStrategy;
        this.modelSlot = modelSlot;
        this.shape = shape;
        this.fillNanos = fillNanos;
        this.filledAt = filledAt;
        this.retention = retention;
        this.nextRefresh = nextRefresh;
        this.compressing = compressing;
        this.hits = hits;
    }

    /** Which query it is; null if that is not known, or no longer, because there are too many shapes. */
    @Nullable
    QueryShape shape() {
        return shape == null ? null : shape.get();
    }

    /** A copy with a compressed body. */
    CacheEntry compressed() {
        return new CacheEntry(
                body.compressed(),
                generation,
                tags,
                relations,
                defaultStrategy,
                modelSlot,
                shape,
                fillNanos,
                filledAt,
                retention,
                nextRefresh,
                compressing,
                hits);
    }

    /** Whether one is a compressed copy of the other, or both are the same. */
    boolean isOfTheSameRead(CacheEntry other) {
        return compressing.equals(other.compressing);
    }

    /** Returns true only once, to the caller that must compress the entry. */
    boolean takesCompression() {
        return body.isWorthCompressing() && !compressing.get() && compressing.compareAndSet(false, true);
    }

    /** Bytes of memory that the entry holds. */
    int weight() {
        long weight = OVERHEAD + body.retainedBytes();
        for (String tag : tags) {
            weight += TAG_OVERHEAD + tag.length();
        }
        weight += (long) Integer.BYTES * relations.size();
        return (int) Math.min(weight, Integer.MAX_VALUE);
    }
}
