package dev.hasten.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that has run out of memory is ended; a busy process is not. */
final class MemoryWatchdogTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong collectionMillis = new AtomicLong();
    private final AtomicLong freeDirectBytes = new AtomicLong(100 << 20);
    private final MemoryWatchdog watchdog = new MemoryWatchdog(nanos::get, collectionMillis::get, freeDirectBytes::get);

    /** Whether it ends the process within {@code seconds} if the collector takes {@code collecting} ms per second. */
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

    @ParameterizedTest
    @CsvSource({
        "G1 Young Generation,true",
        "G1 Old Generation,true",
        "G1 Concurrent GC,true",
        "Copy,true",
        "MarkSweepCompact,true",
        "ZGC Minor Cycles,false",
        "ZGC Major Pauses,true",
        "Shenandoah Cycles,false",
    })
    void concurrentCollectorWorkIsNotCounted(String collector, boolean counts) {
        assertThat(MemoryWatchdog.pauses(collector)).isEqualTo(counts);
    }

    @Test
    void constantGarbageCollectionEndsTheProcess() {
        assertThat(givesUp(29, 950)).isFalse();
        assertThat(givesUp(1, 950)).isTrue();
    }

    @Test
    void collectionsThatLeaveSomeTimeDoNotEndTheProcess() {
        assertThat(givesUp(600, 800)).isFalse();
    }

    @Test
    void oneSecondWithoutCollectionRestartsTheCount() {
        assertThat(givesUp(29, 1000)).isFalse();
        assertThat(givesUp(1, 0)).isFalse();
        assertThat(givesUp(29, 1000)).isFalse();
    }

    @Test
    void collectionLongerThanTheCheckIntervalIsCounted() {
        for (int i = 0; i < 5; i++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(7));
            collectionMillis.addAndGet(6600);
        }
        assertThat(watchdog.trouble()).contains("garbage collection");
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
