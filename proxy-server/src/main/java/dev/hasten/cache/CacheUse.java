package dev.hasten.cache;

import dev.hasten.insights.QueryShape;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the stored responses of a cache are used for, by model and by tag, and those that save most time. Counts are those
 * of the entries that are stored now.
 *
 * @param tags at most 1,000, those with most entries
 */
public record CacheUse(Map<String, Use> models, Map<String, Use> tags, List<TopEntry> top) {
    private static final int MOST_TAGS = 1000;
    private static final String NO_MODEL = "(none)";
    /** Statistics are off, or the query is no longer among them. */
    private static final String UNKNOWN = "(unknown)";

    /**
     * What some entries are used for.
     *
     * @param hits requests that have used the entries
     * @param savedMs time that reading them again would have taken, in milliseconds
     */
    public record Use(long entries, long bytes, long hits, double savedMs) {
        private static final Use NONE = new Use(0, 0, 0, 0);

        private Use and(CacheEntry entry) {
            int used = entry.hits.get();
            return new Use(entries + 1, bytes + entry.weight(), hits + used, savedMs + saved(entry));
        }
    }

    /**
     * A stored response.
     *
     * @param label the model and operation; null if they are not known
     * @param fillMs how long it took to read it
     */
    public record TopEntry(
            String signature,
            @Nullable String label,
            List<String> tags,
            long bytes,
            long hits,
            double fillMs,
            double savedMs) {}

    private static double saved(CacheEntry entry) {
        return entry.hits.get() * millis(entry.fillNanos);
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    /** Adds up entries. */
    static final class Builder {
        private final int topEntries;
        private final Map<String, Use> models = new TreeMap<>();
        private final Map<String, Use> tags = new HashMap<>();
        private final PriorityQueue<TopEntry> top = new PriorityQueue<>(Comparator.comparingDouble(TopEntry::savedMs));

        Builder(int topEntries) {
            this.topEntries = topEntries;
        }

        void add(CacheKey key, CacheEntry entry) {
            QueryShape shape = entry.shape();
            String model = shape == null ? UNKNOWN : Objects.requireNonNullElse(shape.model(), NO_MODEL);
            models.merge(model, Use.NONE.and(entry), (old, _) -> old.and(entry));
            for (String tag : entry.tags) {
                tags.merge(tag, Use.NONE.and(entry), (old, _) -> old.and(entry));
            }
            double saved = saved(entry);
            TopEntry least = top.peek();
            if (topEntries > 0 && (top.size() < topEntries || (least != null && least.savedMs() < saved))) {
                top.add(new TopEntry(
                        key.signature().toString(),
                        shape == null ? null : shape.label(),
                        entry.tags,
                        entry.weight(),
                        entry.hits.get(),
                        millis(entry.fillNanos),
                        saved));
                if (top.size() > topEntries) {
                    top.poll();
                }
            }
        }

        CacheUse build() {
            Map<String, Use> mostUsed = new TreeMap<>();
            tags.entrySet().stream()
                    .sorted(Comparator.comparingLong((Map.Entry<String, Use> tag) ->
                                    tag.getValue().entries())
                            .reversed())
                    .limit(MOST_TAGS)
                    .forEach(tag -> mostUsed.put(tag.getKey(), tag.getValue()));
            return new CacheUse(
                    models,
                    mostUsed,
                    top.stream()
                            .sorted(Comparator.comparingDouble(TopEntry::savedMs)
                                    .reversed())
                            .toList());
        }
    }
}
