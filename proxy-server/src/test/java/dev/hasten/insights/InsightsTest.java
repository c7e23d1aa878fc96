package dev.hasten.insights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.insights.QueryCall.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InsightsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Insights insights = insights(1000);

    private Insights insights(int maxShapes) {
        return new Insights(maxShapes, Duration.ofHours(1), nanos::get, () -> Instant.EPOCH.plusNanos(nanos.get()));
    }

    private static QueryShape shape(Insights insights, String model, long fingerprint) {
        return Objects.requireNonNull(insights.shape("main", model, "findMany", null, fingerprint, true));
    }

    private static QueryCall call(Outcome outcome, long millis, @Nullable String code) {
        return new QueryCall(
                outcome, millis * 1_000_000, outcome == Outcome.HIT ? 0 : millis * 1_000_000, 3, 100, code);
    }

    @Test
    void callsAreAddedUpByShape() {
        QueryShape posts = shape(insights, "Post", 1);
        posts.add(call(Outcome.MISS, 10, null));
        posts.add(call(Outcome.HIT, 1, null));
        posts.add(call(Outcome.HIT, 1, null));
        posts.add(call(Outcome.UNCACHED, 20, "P2002"));
        shape(insights, "User", 1).add(call(Outcome.UNCACHED, 5, null));

        assertThat(insights.reports(false)).hasSize(2);
        ShapeReport report = insights.reports(false).stream()
                .filter(each -> each.label().equals("Post.findMany"))
                .findFirst()
                .orElseThrow();
        assertThat(report.calls()).isEqualTo(4);
        assertThat(report.hitRate()).isEqualTo(0.5);
        assertThat(report.errors()).isEqualTo(Map.of("P2002", 1L));
        assertThat(report.executions()).isEqualTo(2);
        assertThat(report.databaseMeanMs()).isEqualTo(15);
        assertThat(report.savedMs()).isEqualTo(30);
        assertThat(report.rows()).isEqualTo(6);
    }

    @Test
    void theSameQueryIsTheSameShape() {
        assertThat(shape(insights, "Post", 1)).isSameAs(shape(insights, "Post", 1));
        assertThat(shape(insights, "Post", 1).id())
                .isNotEqualTo(shape(insights, "Post", 2).id());
        assertThat(insights.shapeOfSql("main", "sql", "SELECT * FROM t WHERE a = 1", true))
                .isSameAs(insights.shapeOfSql("main", "sql", "SELECT * FROM t WHERE a = 2", true));
    }

    @Test
    void aWindowEndsAfterItsTimeAndIsKeptOnce() {
        QueryShape posts = shape(insights, "Post", 1);
        posts.add(call(Outcome.UNCACHED, 1, null));
        nanos.addAndGet(Duration.ofMinutes(61).toNanos());
        assertThat(insights.reports(false)).isEmpty();
        assertThat(insights.reports(true)).hasSize(1);
        posts.add(call(Outcome.UNCACHED, 1, null));
        assertThat(insights.reports(false)).hasSize(1);
        insights.reset();
        insights.reset();
        assertThat(insights.reports(true)).isEmpty();
    }

    @Test
    void theNumberOfShapesIsLimitedAndOftenUsedOnesStay() {
        Insights small = insights(100);
        for (int i = 0; i < 50; i++) {
            shape(small, "Popular", 0).add(call(Outcome.UNCACHED, 1, null));
        }
        for (int i = 1; i < 5000; i++) {
            shape(small, "Post", i).add(call(Outcome.UNCACHED, 1, null));
            shape(small, "Popular", 0);
        }
        assertThat(small.size()).isLessThanOrEqualTo(100);
        assertThat(small.evictions()).isGreaterThan(4000);
        assertThat(small.reports(false)).anyMatch(report -> "Popular".equals(report.model()));
    }

    @Test
    void textsOfClientsAreShortened() {
        QueryShape shape =
                Objects.requireNonNull(insights.shape("main", "M".repeat(100_000), "o".repeat(100_000), null, 1, true));
        assertThat(shape.label().length()).isLessThan(300);
        QueryShape sql = Objects.requireNonNull(
                insights.shapeOfSql("main", "sql", "SELECT " + "abc, ".repeat(100_000) + "d", true));
        assertThat(sql.sql()).hasSizeLessThan(1100);
        assertThat(sql.example()).isNull();
    }

    @Test
    void theArgumentsOfPrismasInsightsAreDecoded() {
        QueryShape shape = Objects.requireNonNull(insights.shape(
                "main",
                "User",
                "findUnique",
                "User.findUnique:eyJ3aGVyZSI6eyJpZCI6eyIkdHlwZSI6IlBhcmFtIn19fQ",
                0,
                true));
        assertThat(shape.arguments()).isEqualTo("{\"where\":{\"id\":{\"$type\":\"Param\"}}}");
        assertThat(Objects.requireNonNull(insights.shape("main", "User", "findUnique", "User.findUnique:%%", 0, true))
                        .arguments())
                .isNull();
    }

    @Test
    void zeroShapesTurnStatisticsOff() {
        Insights off = insights(0);
        assertThat(off.shape("main", "Post", "findMany", null, 1, true)).isNull();
        assertThat(off.shapeOfSql("main", "sql", "SELECT 1", true)).isNull();
    }

    @Test
    void adviceSuggestsTheGreatestGainAndOnlyWhatCanBeCached() {
        QueryShape repeated = shape(insights, "Repeated", 1);
        QueryShape unique = shape(insights, "Unique", 1);
        QueryShape slow = Objects.requireNonNull(insights.shapeOfSql("main", "sql", "SELECT slow FROM t", true));
        QueryShape impossible = Objects.requireNonNull(insights.shapeOfSql("main", "sql", "SELECT random()", true));
        for (int i = 0; i < 100; i++) {
            repeated.add(call(Outcome.UNCACHED, 10, null));
            repeated.addCacheable(i % 2);
            unique.add(call(Outcome.UNCACHED, 10, null));
            unique.addCacheable(i);
            slow.add(call(Outcome.UNCACHED, 100, null));
            slow.addCacheable(7);
            impossible.add(call(Outcome.UNCACHED, 100, null));
            impossible.addCacheable(7);
            nanos.addAndGet(Duration.ofMillis(10).toNanos());
        }
        QueryShape wasted = shape(insights, "Wasted", 1);
        for (int i = 0; i < 50; i++) {
            wasted.add(call(Outcome.MISS, 10, null));
        }
        var advice = new Advisor(insights, (_, sql) -> !sql.contains("random")).advice();
        assertThat(advice).extracting(Advice::label).containsExactly("sql", "Repeated.findMany", "Wasted.findMany");
        assertThat(advice.get(1).line()).isEqualTo("prisma.repeated.findMany({ ..., cacheStrategy: { ttl: 5 } })");
        assertThat(advice.get(1).expectedHitRate()).isEqualTo(0.98);
        assertThat(advice.get(2).kind()).isEqualTo(Advice.Kind.WASTED_TTL);
    }

    @Test
    void aShapeThatIsUsedWithoutBeingLookedUpStays() {
        Insights small = insights(100);
        QueryShape hot = shape(small, "Hot", 0);
        for (int i = 1; i < 5000; i++) {
            shape(small, "Post", i).add(call(Outcome.UNCACHED, 1, null));
            // As hits do: they know the shape from the stored response.
            hot.add(call(Outcome.HIT, 1, null));
        }
        assertThat(small.reports(false)).anyMatch(report -> "Hot".equals(report.model()) && report.calls() == 4999);
    }

    @Test
    void aNewWindowForgetsTheRepeatsOfTheOldOne() {
        QueryShape posts = shape(insights, "Post", 1);
        for (int i = 0; i < 30; i++) {
            posts.add(call(Outcome.UNCACHED, 1, null));
            posts.addCacheable(1);
        }
        assertThat(posts.repeats().simulated()).isEqualTo(30);
        insights.reset();
        posts.add(call(Outcome.UNCACHED, 1, null));
        assertThat(posts.repeats().simulated()).isZero();
    }
}
