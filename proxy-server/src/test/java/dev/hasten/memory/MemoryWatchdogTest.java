package dev.hasten.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A process without memory ends, and one that only works hard goes on. */
final class MemoryWatchdogTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong collectionMillis = new AtomicLong();
    private final AtomicLong freeDirectBytes = new AtomicLong(100 << 20);
    private final MemoryWatchdog watchdog = new MemoryWatchdog(nanos::get, collectionMillis::get, freeDirectBytes::get);

    /** Whether it gives up within so many seconds, in each of which the collector takes so many milliseconds. */
    private boolean givesUp(int seconds, int collecting) {
        for (int i = 0; i < seconds; i++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            collectionMillis.addAndGet(collecting);
            if (watchdog.trouble() != null) {
                return true;
            }
        }
        return false;
    }

    @Test
    void collectionsWithoutEndEndTheProcess() {
        assertThat(givesUp(29, 950)).isFalse();
        assertThat(givesUp(1, 950)).isTrue();
    }

    @Test
    void collectionsThatLeaveSomeTimeDoNot() {
        assertThat(givesUp(600, 800)).isFalse();
    }

    @Test
    void onePauseInBetweenIsHope() {
        assertThat(givesUp(29, 1000)).isFalse();
        assertThat(givesUp(1, 0)).isFalse();
        assertThat(givesUp(29, 1000)).isFalse();
    }

    @Test
    void collectionLongerThanTheIntervalCounts() {
        for (int i = 0; i < 5; i++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(7));
            collectionMillis.addAndGet(6600);
        }
        assertThat(watchdog.trouble()).contains("garbage collector");
    }

    @Test
    void exhaustedDirectMemoryEndsTheProcess() {
        freeDirectBytes.set(1000);
        assertThat(givesUp(29, 0)).isFalse();
        freeDirectBytes.set(10 << 20);
        assertThat(givesUp(29, 0)).isFalse();
        freeDirectBytes.set(1000);
        assertThat(givesUp(29, 0)).isFalse();
        assertThat(givesUp(2, 0)).isTrue();
    }
}
