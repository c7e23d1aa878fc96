package dev.hasten.cache;

import static dev.hasten.cache.TestCache.failing;
import static dev.hasten.cache.TestCache.letters;
import static dev.hasten.cache.TestCache.returning;
import static dev.hasten.cache.TestCache.strategy;
import static dev.hasten.cache.TestCache.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Fill;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.TestCache.Reader;
import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.CancelledException;
import dev.hasten.protocol.CacheStrategy;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stale entry is refreshed once in the background, with a pause after a failure. */
final class RefreshTest {
    private static final CacheStrategy STALE = strategy(0, 100);

    @AutoClose
    private final TestCache test = new TestCache();

    private final CacheKey key = test.key(1);
    private final AtomicInteger refreshes = new AtomicInteger();

    @BeforeEach
    void somethingIsStale() {
        test.read(key, STALE, letters(2000) + "old");
    }

    private Fill counted(Fill fill) {
        return own -> {
            refreshes.incrementAndGet();
            return fill.read(own);
        };
    }

    private void refresh(Fill fill) {
        test.cache.refresh(new Lookup(key, STALE, null, false), TestCache.memory(), counted(fill));
    }

    private String stored() {
        CachedResponse response = test.find(key, STALE);
        return response == null ? "nothing" : text(response);
    }

    @Test
    void staleHitIsServedWhileOneRefreshRuns() {
        refresh(returning("new"));
        refresh(returning("newer"));
        assertThat(test.waitingTasks()).isOne();
        assertThat(test.freshness(key, STALE)).isEqualTo(Freshness.STALE);
        assertThat(stored()).endsWith("old");
        test.runTasks();
        assertThat(stored()).isEqualTo("new");
        assertThat(test.count(Event.REFRESH)).isOne();
        assertThat(refreshes).hasValue(1);
    }

    @Test
    void refreshMakesTheEntryFresh() {
        test.time.pass(Duration.ofSeconds(99));
        refresh(returning("new"));
        test.runTasks();
        test.time.pass(Duration.ofSeconds(99));
        assertThat(stored()).isEqualTo("new");
    }

    @Test
    void requestWithoutAUsableEntryJoinsTheRefresh() {
        refresh(returning("new"));
        test.time.pass(Duration.ofSeconds(1));
        Reader waiting = test.reads(key, strategy(1, 0), "none");
        assertThat(waiting.waits()).isTrue();
        test.runTasks();
        assertThat(text(waiting.response())).isEqualTo("new");
    }

    @Test
    void refreshContinuesWhenItsWaitersDisconnect() {
        test.time.pass(Duration.ofSeconds(1));
        refresh(returning("new"));
        Reader waiting = test.reads(key, strategy(1, 0), "none");
        waiting.leave();
        test.runTasks();
        assertThat(stored()).isEqualTo("new");
    }

    @Test
    void failedRefreshKeepsTheStaleEntryAndPausesForASecond() {
        refresh(failing(new IllegalStateException("PostgreSQL is away")));
        test.runTasks();
        assertThat(stored()).endsWith("old");
        assertThat(test.count(Event.FAILED_REFRESH)).isOne();
        test.time.pass(Duration.ofSeconds(1).minusNanos(1));
        refresh(returning("too early"));
        test.runTasks();
        assertThat(stored()).endsWith("old");
        test.time.pass(Duration.ofNanos(1));
        refresh(returning("new"));
        test.runTasks();
        assertThat(stored()).isEqualTo("new");
        assertThat(refreshes).hasValue(2);
    }

    @Test
    void compressionOfTheEntryDoesNotEndThePauseAfterAFailure() {
        test.cache.find(new Lookup(key, STALE, null, true));
        refresh(failing(new IllegalStateException("PostgreSQL is away")));
        test.runTasks();
        refresh(returning("too early"));
        test.runTasks();
        assertThat(stored()).endsWith("old");
    }

    @Test
    void refreshThatCannotBeStoredAlsoPauses() {
        for (int i = 0; i < 3; i++) {
            refresh(returning(letters(TestCache.ENTRY_BYTES + 1)));
            test.runTasks();
        }
        assertThat(stored()).endsWith("old");
        assertThat(refreshes).as("refresh queries within a second").hasValue(1);
    }

    @Test
    void refreshesOverTheLimitAreLeftToALaterRequest() {
        for (int number = 2; number <= 4; number++) {
            test.read(test.key(number), STALE, "old");
            test.cache.refresh(new Lookup(test.key(number), STALE, null, false), TestCache.memory(), returning("new"));
        }
        assertThat(test.waitingTasks()).isEqualTo(2);
        test.runTasks();
        test.cache.refresh(new Lookup(test.key(4), STALE, null, false), TestCache.memory(), returning("new"));
        test.runTasks();
        assertThat(test.count(Event.REFRESH)).isEqualTo(3);
    }

    @Test
    void removedEntriesAreNotRefreshed() {
        test.cache.invalidateAll("test");
        refresh(returning("new"));
        assertThat(test.waitingTasks()).isZero();
    }

    @Test
    void refreshUsesTheStrategyOfTheRequestThatFoundTheEntryStale() {
        test.cache.refresh(new Lookup(key, strategy(0, 5, "b"), null, false), TestCache.memory(), returning("new"));
        test.runTasks();
        test.time.pass(Duration.ofSeconds(5));
        assertThat(stored()).isEqualTo("nothing");
    }

    @Test
    @Timeout(60)
    void refreshHasATimeLimit() {
        try (TestCache limited = new TestCache(1 << 20, Duration.ofMillis(10))) {
            limited.read(key, STALE, "old");
            AtomicReference<Reason> reason = new AtomicReference<>();
            limited.cache.refresh(new Lookup(key, STALE, null, false), TestCache.memory(), own -> {
                while (own.reason() == null) {
                    Thread.onSpinWait();
                }
                reason.set(own.reason());
                throw new CancelledException(Objects.requireNonNull(own.reason()));
            });
            limited.runTasks();
            assertThat(reason).hasValue(Reason.TIMEOUT);
        }
    }

    @Test
    void refreshThatIsRefusedAThreadLeavesItsPlaceToOthers() {
        test.refuseTasks(true);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> refresh(returning("new"))).isInstanceOf(RejectedExecutionException.class);
        }
        test.refuseTasks(false);
        test.time.pass(Duration.ofSeconds(1));
        refresh(returning("new"));
        test.runTasks();
        assertThat(stored()).isEqualTo("new");
    }

    @Test
    void refreshIsNotNeededIfItsEntryWasReplacedBeforeItBegan() {
        refresh(returning("refreshed"));
        test.cache.invalidateAll("test");
        test.read(key, STALE, "read again");
        test.runTasks();
        assertThat(refreshes).hasValue(0);
        assertThat(stored()).isEqualTo("read again");
    }
}
