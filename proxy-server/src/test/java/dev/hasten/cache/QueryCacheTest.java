package dev.hasten.cache;

import static dev.hasten.cache.TestCache.failing;
import static dev.hasten.cache.TestCache.letters;
import static dev.hasten.cache.TestCache.returning;
import static dev.hasten.cache.TestCache.strategy;
import static dev.hasten.cache.TestCache.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CacheStatistics.Miss;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.TestCache.Reader;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.protocol.CacheStrategy;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What is stored, for how long, and what requests get. */
final class QueryCacheTest {
    private static final CacheStrategy TEN_PLUS_TWENTY = strategy(10, 20);

    @AutoClose
    private final TestCache test = new TestCache();

    private final CacheKey key = test.key(1);

    @Test
    void secondReadReturnsTheBytesOfTheFirst() {
        CachedResponse miss = test.read(key, TEN_PLUS_TWENTY, "first");
        CachedResponse hit = test.read(key, TEN_PLUS_TWENTY, "second");
        assertThat(miss.freshness()).isEqualTo(Freshness.MISS);
        assertThat(hit.freshness()).isEqualTo(Freshness.FRESH);
        assertThat(hit.body().json().array()).isSameAs(miss.body().json().array());
        assertThat(test.count(Event.MISS)).isOne();
        assertThat(test.count(Event.HIT)).isOne();
    }

    @Test
    void responseIsFreshForItsTtlAndStaleForItsSwr() {
        test.read(key, TEN_PLUS_TWENTY, "data");
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.FRESH);
        test.time.pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.FRESH);
        test.time.pass(Duration.ofNanos(1));
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.STALE);
        test.time.pass(Duration.ofSeconds(20).minusNanos(1));
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.STALE);
        test.time.pass(Duration.ofNanos(1));
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isNull();
    }

    @Test
    void ageAndLastModifiedReferToTheRead() {
        test.read(key, TEN_PLUS_TWENTY, "data");
        test.time.pass(Duration.ofMillis(7_900));
        CachedResponse hit = test.read(key, TEN_PLUS_TWENTY, "other");
        assertThat(hit.ageSeconds()).isEqualTo(7);
        assertThat(hit.body().readAt()).isEqualTo(VirtualTime.START);
    }

    @Test
    void ageStartsAtTheEndOfTheQuery() {
        Reader slow = test.reads(key, TEN_PLUS_TWENTY, "data");
        test.time.pass(Duration.ofSeconds(60));
        slow.goOn();
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.FRESH);
    }

    @Test
    void strategyOfTheRequestDeterminesFreshness() {
        test.read(key, TEN_PLUS_TWENTY, "data");
        test.time.pass(Duration.ofSeconds(5));
        assertThat(test.freshness(key, strategy(6, 0))).isEqualTo(Freshness.FRESH);
        assertThat(test.freshness(key, strategy(4, 0))).isNull();
        assertThat(test.freshness(key, strategy(0, 6))).isEqualTo(Freshness.STALE);
    }

    @Test
    void entryExpiresAfterTtlAndSwrOfTheRequestThatReadIt() {
        test.read(key, strategy(1, 1), "data");
        test.time.pass(Duration.ofSeconds(2));
        assertThat(test.freshness(key, strategy(100, 100))).isNull();
    }

    @Test
    void defaultOfTheModelAppliesToRequestsWithoutAStrategy() {
        test.cache.fetch(new Lookup(key, TEN_PLUS_TWENTY, "Post", false), new Cancellation(), returning("data"));
        test.time.pass(Duration.ofSeconds(6));
        assertThat(test.cache.find(new Lookup(key, null, null, false)))
                .returns(Freshness.STALE, CachedResponse::freshness);
        test.cache.invalidate(TestCache.MODEL_DEFAULT.tags(), "test");
        assertThat(test.cache.find(new Lookup(key, null, null, false))).isNull();
    }

    @Test
    void missesAreCountedByReason() {
        CacheStatistics counts = test.cache.statistics();
        CacheStrategy tagged = strategy(10, 20, "a");
        test.read(key, tagged, "first");
        assertThat(counts.misses(Miss.ABSENT)).isOne();
        test.cache.invalidate(List.of("a"), "test");
        test.read(key, tagged, "second");
        assertThat(counts.misses(Miss.INVALIDATED)).isOne();
        test.time.pass(Duration.ofSeconds(5));
        test.read(key, strategy(4, 0, "a"), "third");
        assertThat(counts.misses(Miss.EXPIRED)).isOne();
        test.time.pass(Duration.ofHours(1));
        test.read(key, tagged, "fourth");
        assertThat(counts.misses(Miss.ABSENT)).isEqualTo(2);
        assertThat(test.count(Event.MISS)).isEqualTo(4);
    }

    @Test
    void concurrentMissesRunOneQuery() {
        Reader first = test.reads(key, TEN_PLUS_TWENTY, "one");
        Reader second = test.reads(key, strategy(3, 0), "two");
        Reader other = test.reads(test.key(2), TEN_PLUS_TWENTY, "another");
        assertThat(second.waits()).isTrue();
        assertThat(other.runsAQuery()).isTrue();
        first.goOn();
        assertThat(second.response().freshness()).isEqualTo(Freshness.MISS);
        assertThat(text(second.response())).isEqualTo("one");
        assertThat(test.count(Event.COALESCED)).isOne();
        assertThat(test.count(Event.MISS)).isEqualTo(2);
        other.goOn();
    }

    @Test
    void disconnectOfTheLeaderDoesNotCancelTheQueryForTheOthers() {
        Reader leader = test.reads(key, TEN_PLUS_TWENTY, "data");
        Reader other = test.reads(key, TEN_PLUS_TWENTY, "none");
        leader.leave();
        assertThat(leader.query().reason()).isNull();
        assertThat(other.waits()).isTrue();
        leader.goOn();
        assertThat(text(other.response())).isEqualTo("data");
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.FRESH);
    }

    @Test
    void cancelledWaiterReturnsAtOnce() {
        Reader leader = test.reads(key, TEN_PLUS_TWENTY, "data");
        Reader waiter = test.reads(key, TEN_PLUS_TWENTY, "none");
        waiter.leave();
        assertThat(waiter.failure()).isInstanceOf(CancelledException.class);
        assertThat(leader.query().reason()).isNull();
        leader.goOn();
        assertThat(text(leader.response())).isEqualTo("data");
    }

    @Test
    void queryIsCancelledWhenTheLastRequestLeaves() {
        Reader leader = test.reads(key, TEN_PLUS_TWENTY, "data");
        Reader waiter = test.reads(key, TEN_PLUS_TWENTY, "none");
        leader.leave();
        assertThat(leader.query().reason()).isNull();
        waiter.leave();
        assertThat(leader.query().reason()).isEqualTo(Cancellation.Reason.DISCONNECT);
        leader.goOn();
    }

    @Test
    void requestsDoNotJoinACancelledQuery() {
        Reader gone = test.reads(key, TEN_PLUS_TWENTY, failing(new CancelledException(Cancellation.Reason.DISCONNECT)));
        gone.leave();
        Reader next = test.reads(key, TEN_PLUS_TWENTY, "data");
        assertThat(next.runsAQuery()).isTrue();
        gone.goOn();
        next.goOn();
        assertThat(text(next.response())).isEqualTo("data");
    }

    @Test
    void waiterOfATimedOutQueryTriesAgain() {
        Reader leader = test.reads(key, TEN_PLUS_TWENTY, failing(new CancelledException(Cancellation.Reason.TIMEOUT)));
        Reader waiter = test.reads(key, TEN_PLUS_TWENTY, "data");
        leader.query().cancel(Cancellation.Reason.TIMEOUT);
        Reader late = test.reads(key, TEN_PLUS_TWENTY, "late");
        assertThat(late.runsAQuery()).isTrue();
        late.goOn();
        leader.goOn();
        assertThat(leader.failure()).isInstanceOf(CancelledException.class);
        assertThat(text(waiter.response())).isEqualTo("late");
    }

    @Test
    void leaderFailsWithItsOwnCancellationReason() {
        Reader leader =
                test.reads(key, TEN_PLUS_TWENTY, failing(new CancelledException(Cancellation.Reason.DISCONNECT)));
        Reader waiter = test.reads(key, TEN_PLUS_TWENTY, "none");
        leader.own.cancel(Cancellation.Reason.TIMEOUT);
        waiter.leave();
        leader.goOn();
        assertThat(leader.failure())
                .isInstanceOf(CancelledException.class)
                .extracting(stopped -> ((CancelledException) stopped).reason())
                .isEqualTo(Cancellation.Reason.TIMEOUT);
    }

    @Test
    void abandonedResultIsNotStored() {
        Reader gone = test.reads(key, TEN_PLUS_TWENTY, "older");
        gone.leave();
        test.reads(key, TEN_PLUS_TWENTY, "newer").goOn();
        gone.goOn();
        assertThat(text(test.read(key, TEN_PLUS_TWENTY, "newest"))).isEqualTo("newer");
    }

    @Test
    void modelNameIsNotRetained() {
        String model = "x".repeat(1_000_000);
        // Measures arrays only: a thread that a pool starts in the meantime would add many other objects.
        long before = arrayBytes();
        test.cache.fetch(new Lookup(key, TEN_PLUS_TWENTY, model, false), new Cancellation(), returning("data"));
        assertThat(arrayBytes() - before).isLessThan(1_000_000);
    }

    private long arrayBytes() {
        return GraphLayout.parseInstance(test.cache).getClassSizes().count(byte[].class);
    }

    @Test
    void cancelledRequestStartsNoQuery() {
        Cancellation stopped = new Cancellation();
        stopped.cancel(Cancellation.Reason.SHUTDOWN);
        assertThatThrownBy(() -> test.cache.fetch(
                        new Lookup(key, TEN_PLUS_TWENTY, null, false), stopped, failing(new IllegalStateException())))
                .isInstanceOf(CancelledException.class);
        assertThat(text(test.read(key, TEN_PLUS_TWENTY, "data"))).isEqualTo("data");
    }

    @Test
    void failureReachesEveryWaiterAndIsNotStored() {
        IllegalStateException failure = new IllegalStateException("connection lost");
        Reader leader = test.reads(key, TEN_PLUS_TWENTY, failing(failure));
        Reader waiter = test.reads(key, TEN_PLUS_TWENTY, "none");
        leader.goOn();
        assertThat(leader.failure()).isSameAs(failure);
        assertThat(waiter.failure()).isSameAs(failure);
        assertThat(test.cache.size()).isZero();
        assertThat(test.read(key, TEN_PLUS_TWENTY, "data").freshness()).isEqualTo(Freshness.MISS);
    }

    @Test
    void errorOfTheQueryReachesEveryWaiter() {
        OutOfMemoryError error = new OutOfMemoryError("for the test");
        Reader leader = test.reads(key, TEN_PLUS_TWENTY, _ -> {
            throw error;
        });
        Reader waiter = test.reads(key, TEN_PLUS_TWENTY, "none");
        leader.goOn();
        assertThat(leader.failure()).isSameAs(error);
        assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class).hasCause(error);
        assertThat(text(test.read(key, TEN_PLUS_TWENTY, "data"))).isEqualTo("data");
    }

    @Test
    void queryWithoutItsLeaderIsCancelledAtItsDeadline() {
        try (TestCache impatient = new TestCache(1 << 20, Duration.ofMillis(1))) {
            Reader leader = impatient.reads(key, TEN_PLUS_TWENTY, "data");
            impatient.reads(key, TEN_PLUS_TWENTY, "none");
            assertThat(leader.query().reason()).isNull();
            leader.leave();
            await().until(() -> leader.query().reason() == Cancellation.Reason.TIMEOUT);
            leader.goOn();
        }
    }

    @Test
    void tooLargeResponsesAreNotStored() {
        test.read(key, TEN_PLUS_TWENTY, letters(TestCache.ENTRY_BYTES));
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isEqualTo(Freshness.FRESH);
        test.read(test.key(2), TEN_PLUS_TWENTY, letters(TestCache.ENTRY_BYTES + 1));
        assertThat(test.freshness(test.key(2), TEN_PLUS_TWENTY)).isNull();
        assertThat(test.count(Event.TOO_LARGE)).isOne();
    }

    @Test
    void entriesAreEvictedForNewOnes() {
        try (TestCache small = new TestCache(20_000, Duration.ofHours(1))) {
            for (int i = 0; i < 100; i++) {
                small.read(small.key(i), TEN_PLUS_TWENTY, letters(900));
                small.cache.cleanUp();
                assertThat(small.cache.bytes()).isLessThanOrEqualTo(small.cache.maxBytes());
            }
            assertThat(small.cache.size()).isBetween(10L, 20L);
            assertThat(small.count(Event.EVICTION)).isEqualTo(100 - small.cache.size());
        }
    }

    @Test
    void withoutMemoryNothingIsStored() {
        try (TestCache none = new TestCache(0, Duration.ofHours(1))) {
            none.read(key, TEN_PLUS_TWENTY, "data");
            none.cache.cleanUp();
            assertThat(none.cache.size()).isZero();
            assertThat(none.read(key, TEN_PLUS_TWENTY, "again").freshness()).isEqualTo(Freshness.MISS);
        }
    }

    @Test
    void entryIsCompressedOnceAndGzipIsPartOfItsWeight() {
        String body = letters(10_000);
        test.read(key, TEN_PLUS_TWENTY, body);
        long plain = test.cache.bytes();
        assertThat(test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, false)))
                .isNotNull();
        assertThat(test.waitingTasks()).isZero();
        assertThat(test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true)))
                .isNotNull();
        assertThat(test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true)))
                .isNotNull();
        assertThat(test.waitingTasks()).isOne();
        test.runTasks();
        CachedResponse compressed = test.find(key, TEN_PLUS_TWENTY);
        assertThat(compressed).isNotNull();
        byte[] gzip = compressed.body().gzip().array();
        assertThat(gzip).isNotNull();
        assertThat(TestCache.gunzip(gzip)).isEqualTo(compressed.body().json().array());
        assertThat(test.cache.bytes() - plain).isBetween((long) gzip.length, gzip.length + 64L);
        assertThat(test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true)))
                .isNotNull();
        assertThat(test.waitingTasks()).isZero();
    }

    @Test
    void compressionChangesNeitherAgeNorTags() {
        test.read(key, strategy(10, 20, "a"), letters(2000));
        test.time.pass(Duration.ofSeconds(12));
        test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true));
        test.runTasks();
        assertThat(test.find(key, TEN_PLUS_TWENTY))
                .returns(Freshness.STALE, CachedResponse::freshness)
                .returns(12L, CachedResponse::ageSeconds);
        test.time.pass(Duration.ofSeconds(18));
        assertThat(test.freshness(key, strategy(100, 100))).isNull();
        test.read(key, strategy(10, 20, "a"), letters(2000));
        test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true));
        test.runTasks();
        test.cache.invalidate(List.of("a"), "test");
        assertThat(test.freshness(key, TEN_PLUS_TWENTY)).isNull();
    }

    @Test
    void incompressibleResponsesAreNotCompressed() {
        test.read(key, TEN_PLUS_TWENTY, letters(1023));
        test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true));
        assertThat(test.waitingTasks()).isZero();
        byte[] noise = new byte[2000];
        new SplittableRandom(1).nextBytes(noise);
        test.read(test.key(2), TEN_PLUS_TWENTY, _ -> noise);
        test.cache.find(new Lookup(test.key(2), TEN_PLUS_TWENTY, null, true));
        test.runTasks();
        assertThat(test.find(test.key(2), TEN_PLUS_TWENTY))
                .extracting(response -> response.body().gzip())
                .isNull();
    }

    @Test
    void compressionDoesNotRestoreRemovedEntries() {
        test.read(key, TEN_PLUS_TWENTY, letters(2000));
        test.cache.find(new Lookup(key, TEN_PLUS_TWENTY, null, true));
        test.cache.invalidateAll("test");
        test.read(key, TEN_PLUS_TWENTY, "new");
        test.runTasks();
        assertThat(text(test.read(key, TEN_PLUS_TWENTY, "none"))).isEqualTo("new");
    }
}
