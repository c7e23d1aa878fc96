package dev.hasten.cache;

import dev.hasten.cache.Step.Pauses;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** The cache's promises under any interleaving of requests, queries, refreshes, invalidations, time and eviction. */
final class QueryCacheModelTest {
    private static final Watchdog WATCHDOG = new Watchdog();

    @AfterContainer
    static void stop() {
        WATCHDOG.close();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void promisesAreKept(
            @ForAll("budgets") long maximumBytes,
            @ForAll("strategies") List<@Nullable CacheStrategy> strategies,
            @ForAll("stories") List<Step> story) {
        new CacheWorld(maximumBytes, strategies, WATCHDOG).play(story);
    }

    /** The cache has space for two entries of the twelve that are read. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void promisesAreKeptWhileEntriesAreEvictedAllTheTime(
            @ForAll("strategies") List<@Nullable CacheStrategy> strategies, @ForAll("longStories") List<Step> story) {
        new CacheWorld(5_000, strategies, WATCHDOG).play(story);
    }

    private static final CacheStrategy TEN = new CacheStrategy(10, 0, List.of());
    private static final CacheStrategy ONE = new CacheStrategy(1, 0, List.of());
    private static final CacheStrategy STALE = new CacheStrategy(0, 10, List.of());
    private static final CacheStrategy NEW = new CacheStrategy(1, 0, List.of("a"));

    private static Step read(int strategy, Pauses pauses) {
        return new Step.Read(0, strategy, false, false, 100, pauses);
    }

    private static Step goOn(int who) {
        return new Step.GoOn(who, 9);
    }

    /** A stored entry may be acceptable for the leader, but not for its waiters. */
    @Example
    void waitersCheckTheEntryThatTheirLeaderFound() {
        play(
                List.of(TEN, ONE, NEW),
                read(0, Pauses.NONE),
                goOn(0),
                new Step.LetTimePass(Duration.ofSeconds(2)),
                // Found an entry that is too old, and will check again after it has registered its query.
                read(1, new Pauses(4, 6, true)),
                read(1, Pauses.NONE),
                goOn(1),
                new Step.Invalidate(List.of("a")),
                new Step.GoOn(0, 1),
                read(2, Pauses.NONE),
                goOn(0));
    }

    /** The same for a refresh that turns out to be unnecessary. */
    @Example
    void waitersOfAnUnnecessaryRefreshCheckTheEntryThemselves() {
        play(
                List.of(STALE, NEW),
                read(0, Pauses.NONE),
                goOn(0),
                new Step.LetTimePass(Duration.ofSeconds(1)),
                // About to schedule a refresh.
                read(0, new Pauses(4, 0, false)),
                read(0, Pauses.NONE),
                new Step.RunTask(0, Pauses.NONE),
                goOn(1),
                new Step.LetTimePass(Duration.ofSeconds(2)),
                goOn(0),
                read(1, Pauses.NONE),
                new Step.RunTask(0, Pauses.NONE));
    }

    @Example
    void refreshScheduledWhileAnotherFailedAlsoPauses() {
        play(
                List.of(STALE),
                read(0, Pauses.NONE),
                goOn(0),
                read(0, new Pauses(4, 0, true)),
                read(0, Pauses.NONE),
                new Step.RunTask(0, Pauses.NONE),
                new Step.FailQuery(0),
                goOn(0),
                new Step.RunTask(0, Pauses.NONE));
    }

    private static void play(List<@Nullable CacheStrategy> strategies, Step... story) {
        new CacheWorld(100_000, strategies, WATCHDOG).play(List.of(story));
    }

    @Provide
    Arbitrary<Long> budgets() {
        return Arbitraries.of(100_000L, 100_000L, 100_000L, 4_000L, 1_200L, 0L);
    }

    /** A story has few strategies, so that its requests interact. */
    @Provide
    Arbitrary<List<@Nullable CacheStrategy>> strategies() {
        return Combinators.combine(Arbitraries.of(0, 0, 1, 3), Arbitraries.of(0, 2, 10), tags())
                .filter((ttl, swr, _) -> ttl + swr > 0)
                .as(CacheStrategy::new)
                .injectNull(0.1)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<Step>> stories() {
        return steps(reads(Arbitraries.of(0, 0, 0, 0, 1)))
                .list()
                .ofMaxSize(60)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Provide
    Arbitrary<List<Step>> longStories() {
        return steps(reads(who())).list().ofMinSize(200).ofMaxSize(300);
    }

    private static Arbitrary<Step> steps(Arbitrary<Step.Read> reads) {
        return Arbitraries.frequencyOf(
                Tuple.of(20, reads),
                Tuple.of(
                        32,
                        Combinators.combine(who(), Arbitraries.of(1, 1, 2, 9)).as(Step.GoOn::new)),
                Tuple.of(5, who().map(Step.FailQuery::new)),
                Tuple.of(4, who().map(Step.Leave::new)),
                Tuple.of(12, Combinators.combine(who(), pauses()).as(Step.RunTask::new)),
                Tuple.of(5, tags().filter(tags -> !tags.isEmpty()).map(Step.Invalidate::new)),
                Tuple.of(1, Arbitraries.of(new Step.InvalidateAll(), new Step.ChangeSchema())),
                Tuple.of(4, relations().map(Step.Write::new)),
                Tuple.of(1, Arbitraries.just(new Step.WriteAnything())),
                Tuple.of(2, relations().map(Step.LoseWrite::new)),
                Tuple.of(2, who().map(Step.Settle::new)),
                Tuple.of(
                        8,
                        Arbitraries.of(300L, 1000L, 2000L, 5000L)
                                .map(Duration::ofMillis)
                                .map(Step.LetTimePass::new)));
    }

    private static Arbitrary<Step.Read> reads(Arbitrary<Integer> keys) {
        return Combinators.combine(
                        keys,
                        who(),
                        Arbitraries.of(false, true),
                        Arbitraries.of(false, true),
                        Arbitraries.of(100, 1500, 1500, CacheWorld.ENTRY_BYTES + 1),
                        pauses())
                .as(Step.Read::new);
    }

    private static Arbitrary<List<String>> tags() {
        return Arbitraries.of(List.of(), List.of(), List.of("a"), List.of("b"), List.of("a", "b"));
    }

    private static Arbitrary<Integer> relations() {
        return Arbitraries.frequency(
                Tuple.of(1, 0), Tuple.of(1, 1), Tuple.of(1, 2), Tuple.of(1, CacheWorld.SHARED_RELATION));
    }

    private static Arbitrary<Pauses> pauses() {
        Arbitrary<Pauses> some = Combinators.combine(
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.of(false, true))
                .as(Pauses::new);
        return Arbitraries.oneOf(Arbitraries.just(Pauses.NONE), some);
    }

    /** The range is divisible by many numbers of candidates. */
    private static Arbitrary<Integer> who() {
        return Arbitraries.integers().between(0, 11);
    }
}
