package dev.hasten.insights;

import dev.hasten.insights.Advice.Kind;
import dev.hasten.insights.ShapeStatistics.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Suggests which queries to cache, and finds strategies that do not help. Predictions assume that the app sends the same
 * requests again, and that the cached data is not invalidated.
 */
public final class Advisor {
    /** Fewer calls say nothing. */
    private static final long FEWEST_CALLS = 20;

    private static final double WORTH_CACHING = 0.1;
    private static final double WASTED = 0.02;
    /** A longer ttl is suggested only if it has noticeably more hits. */
    private static final double NOTICEABLE = 0.05;

    private static final Comparator<Advice> GREATEST_GAIN =
            Comparator.comparingDouble(Advice::savedMs).reversed().thenComparing(Advice::label);

    /** How many suggestions to cache are checked and returned; checking one may take a round trip. */
    private static final int MOST_SUGGESTIONS = 50;

    private final Insights insights;
    private final BiPredicate<String, String> isCacheable;

    /**
     * @param isCacheable whether the result of a statement of a database can be cached; may block
     */
    public Advisor(Insights insights, BiPredicate<String, String> isCacheable) {
        this.insights = insights;
        this.isCacheable = isCacheable;
    }

    /** Advice for the current window, the greatest gain first. */
    public List<Advice> advice() {
        long window = insights.window();
        List<Suggestion> suggestions = new ArrayList<>();
        List<Advice> wasted = new ArrayList<>();
        for (QueryShape shape : insights.all()) {
            Snapshot calls = shape.snapshot(window);
            Advice cache = cache(shape, calls);
            Advice waste = cache == null ? wasted(shape, calls) : null;
            if (cache != null) {
                suggestions.add(new Suggestion(cache, shape.example()));
            } else if (waste != null) {
                wasted.add(waste);
            }
        }
        List<Advice> advice = new ArrayList<>();
        suggestions.stream()
                .sorted(Comparator.comparing(Suggestion::advice, GREATEST_GAIN))
                .limit(MOST_SUGGESTIONS)
                .filter(this::isPossible)
                .map(Suggestion::advice)
                .forEach(advice::add);
        wasted.stream().sorted(GREATEST_GAIN).forEach(advice::add);
        return advice;
    }

    /** @param example a statement of the query; null if there is none */
    private record Suggestion(Advice advice, @Nullable String example) {}

    /** The statistics do not know which functions a statement calls, so it is checked before it is suggested. */
    private boolean isPossible(Suggestion suggestion) {
        return suggestion.example() == null
                || isCacheable.test(suggestion.advice().database(), suggestion.example());
    }

    private static @Nullable Advice cache(QueryShape shape, Snapshot calls) {
        if (!shape.isRead()
                || calls.uncached() < FEWEST_CALLS
                || shape.repeats().simulated() < FEWEST_CALLS) {
            return null;
        }
        List<Double> rates = shape.repeats().hitRates();
        int chosen = 0;
        for (int i = 1; i < rates.size(); i++) {
            if (rates.get(i) > rates.get(chosen) + NOTICEABLE) {
                chosen = i;
            }
        }
        double rate = rates.get(chosen);
        if (rate < WORTH_CACHING) {
            return null;
        }
        int ttl = (int) RepeatEstimator.TTLS.get(chosen).toSeconds();
        double saved = rate * calls.uncached() * calls.databaseMeanMs();
        return new Advice(
                Kind.CACHE,
                shape.database(),
                shape.id(),
                shape.label(),
                shape.sql(),
                calls.uncached(),
                ttl,
                rounded(rate),
                rounded(saved),
                String.format(
                        Locale.ROOT,
                        "%d calls without a cacheStrategy, %.1f ms each in PostgreSQL. With a ttl of %d s, about %.0f %% of"
                                + " them would be hits, unless the data changes.",
                        calls.uncached(),
                        calls.databaseMeanMs(),
                        ttl,
                        100 * rate),
                line(shape, ttl));
    }

    private static @Nullable Advice wasted(QueryShape shape, Snapshot calls) {
        if (calls.misses() < FEWEST_CALLS || (double) (calls.hits() + calls.staleHits()) / calls.calls() >= WASTED) {
            return null;
        }
        return new Advice(
                Kind.WASTED_TTL,
                shape.database(),
                shape.id(),
                shape.label(),
                shape.sql(),
                calls.calls(),
                null,
                null,
                0,
                String.format(
                        Locale.ROOT,
                        "%d responses were stored, and %d were used. Its parameters rarely repeat within the ttl, or its data"
                                + " changes all the time. Increase the ttl, or remove the cacheStrategy.",
                        calls.misses(),
                        calls.hits() + calls.staleHits()),
                null);
    }

    /** What to paste into the app. */
    private static String line(QueryShape shape, int ttl) {
        String strategy = "cacheStrategy: { ttl: " + ttl + " }";
        String model = shape.model();
        return model == null
                ? "{ query, params, " + strategy + " }"
                : "prisma." + Character.toLowerCase(model.charAt(0)) + model.substring(1) + "." + shape.operation()
                        + "({ ..., " + strategy + " })";
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
