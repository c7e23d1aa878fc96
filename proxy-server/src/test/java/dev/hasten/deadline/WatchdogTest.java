package dev.hasten.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.Watchdog.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work is cancelled at its time limit, unless it ends before. */
@Timeout(60)
final class WatchdogTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    @AutoClose
    private final Watchdog watchdog = new Watchdog();

    private final Cancellation work = new Cancellation();

    @Test
    void workIsCancelledAtItsLimit() {
        try (Watch _ = watchdog.watch(work, SHORT)) {
            await().until(() -> work.reason() == Reason.TIMEOUT);
        }
    }

    /** The remaining time of a request that arrived slowly. */
    @Test
    void limitThatIsOverAlreadyCancelsToo() {
        try (Watch _ = watchdog.watch(work, Duration.ofMillis(-5))) {
            await().until(() -> work.reason() == Reason.TIMEOUT);
        }
    }

    @Test
    void workThatEndsBeforeIsNotCancelled() throws InterruptedException {
        watchdog.watch(work, SHORT).close();
        // The timer runs its actions in the order of their limits, so the limit above is over after this.
        CountDownLatch later = new CountDownLatch(1);
        try (Watch _ = watchdog.after(SHORT.multipliedBy(50), later::countDown)) {
            later.await();
        }
        assertThat(work.reason()).isNull();
    }

    @Test
    void actionsRunOnceInTheOrderOfTheirLimits() {
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        try (Watch _ = watchdog.after(Duration.ofMillis(50), () -> ran.add(2));
                Watch _ = watchdog.after(SHORT, () -> ran.add(1));
                Watch _ = watchdog.after(Duration.ofMillis(100), () -> ran.add(3));
                Watch _ = watchdog.after(LONG, () -> ran.add(4))) {
            await().until(() -> ran.size() >= 3);
        }
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void shutdownCancelsAllWatchedWork() {
        Cancellation other = new Cancellation();
        Cancellation ended = new Cancellation();
        watchdog.watch(ended, LONG).close();
        try (Watch _ = watchdog.watch(work, LONG);
                Watch _ = watchdog.watch(other, LONG)) {
            assertThat(watchdog.watchedCount()).isEqualTo(2);
            watchdog.cancelAll();
        }
        assertThat(work.reason()).isEqualTo(Reason.SHUTDOWN);
        assertThat(other.reason()).isEqualTo(Reason.SHUTDOWN);
        assertThat(ended.reason()).isNull();
        assertThat(watchdog.watchedCount()).isZero();
    }

    /** Work that is still running when the server stops must be able to clean up. */
    @Test
    void limitsAfterTheEndHaveNoEffect() {
        AtomicInteger ran = new AtomicInteger();
        watchdog.close();
        try (Watch _ = watchdog.after(SHORT, ran::incrementAndGet);
                Watch _ = watchdog.watch(work, SHORT)) {
            assertThat(watchdog.watchedCount()).isEqualTo(1);
        }
        assertThat(watchdog.watchedCount()).isZero();
        assertThat(ran).hasValue(0);
        assertThat(work.reason()).isNull();
    }
}
