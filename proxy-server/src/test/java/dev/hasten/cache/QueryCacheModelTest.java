package dev.hasten.cache;

import dev.hasten.cache.Step.Pace;
import dev.hasten.postgres.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** The promises of the cache under any interleaving of requests, queries, refreshes, invalidations, time and eviction. */
final class QueryCacheModelTest {
    private static final HashedWheelTimer TIMER = new HashedWheelTimer();

    @AfterContainer
    static void stop() {
        TIMER.stop();
    }

    @Property
    void promisesAreKept(@ForAll("budgets") long maximumBytes, @ForAll("stories") List<Step> story) {
        new CacheWorld(maximumBytes, new Watchdog(TIMER)).play(story);
    }

    @Provide
    Arbitrary<Long> budgets() {
        return Arbitraries.of(100_000L, 100_000L, 4_000L, 1_200L, 0L);
    }

    @Provide
    Arbitrary<List<Step>> stories() {
        Arbitrary<Step> steps = Arbitraries.frequencyOf(
                Tuple.of(10, reads()),
                Tuple.of(14, who().map(Step.GoOn::new)),
                Tuple.of(2, who().map(Step.FailQuery::new)),
                Tuple.of(2, who().map(Step.Leave::new)),
                Tuple.of(4, Combinators.combine(who(), paces()).as(Step.RunTask::new)),
                Tuple.of(3, tags().filter(tags -> !tags.isEmpty()).map(Step.Invalidate::new)),
                Tuple.of(1, Arbitraries.of(new Step.InvalidateAll(), new Step.ChangeSchema())),
                Tuple.of(
                        5,
                        Arbitraries.of(300L, 1000L, 1700L, 5000L)
                                .map(Duration::ofMillis)
                                .map(Step.LetTimePass::new)));
        return steps.list().ofMinSize(1).ofMaxSize(60);
    }

    private static Arbitrary<Step.Read> reads() {
        return Combinators.combine(
                        Arbitraries.of(0, 0, 0, 1),
                        strategies().injectNull(0.1),
                        Arbitraries.of(false, true),
                        Arbitraries.of(100, 1500, 1500, CacheWorld.ENTRY_BYTES + 1),
                        paces())
                .as(Step.Read::new);
    }

    private static Arbitrary<CacheStrategy> strategies() {
        return Combinators.combine(Arbitraries.of(0, 1, 3), Arbitraries.of(0, 2, 10), tags())
                .filter((ttl, swr, _) -> ttl + swr > 0)
                .as(CacheStrategy::new);
    }

    private static Arbitrary<List<String>> tags() {
        return Arbitraries.of(List.of(), List.of(), List.of("a"), List.of("b"), List.of("a", "b"));
    }

    private static Arbitrary<Pace> paces() {
        return Arbitraries.of(Pace.STRAIGHT, Pace.STRAIGHT, Pace.BEFORE_CLOCK, Pace.AFTER_CLOCK);
    }

    private static Arbitrary<Integer> who() {
        return Arbitraries.integers().between(0, 11);
    }
}
