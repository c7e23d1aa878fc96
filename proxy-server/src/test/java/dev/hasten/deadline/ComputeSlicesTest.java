package dev.hasten.deadline;

import static dev.hasten.deadline.ComputeSlices.SLICE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Long computations take turns and do not delay short ones. */
final class ComputeSlicesTest {
    private static final long NOW = Long.MAX_VALUE - 5;

    @Test
    void singleComputationDoesNotWait() {
        ComputeSlices slices = new ComputeSlices(2);
        for (int i = 0; i < 10; i++) {
            assertThat(slices.plan(NOW + i * SLICE_NANOS)).isZero();
        }
    }

    @Test
    void concurrentComputationsTakeTurns() {
        ComputeSlices slices = new ComputeSlices(2);
        for (int i = 0; i < 10; i++) {
            assertThat(slices.plan(NOW)).isEqualTo(i * SLICE_NANOS);
        }
        assertThat(slices.plan(NOW + 4 * SLICE_NANOS)).isEqualTo(6 * SLICE_NANOS);
    }

    @Test
    void oneProcessorIsLeftFree() {
        ComputeSlices slices = new ComputeSlices(4);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            waits.add(slices.plan(NOW) / SLICE_NANOS);
        }
        assertThat(waits).containsExactly(0L, 0L, 0L, 1L, 1L, 1L, 2L);
    }

    @Test
    void aSingleProcessorIsUsedHalfOfTheTime() {
        ComputeSlices slices = new ComputeSlices(1);
        assertThat(slices.plan(NOW)).isZero();
        assertThat(slices.plan(NOW + SLICE_NANOS)).isEqualTo(SLICE_NANOS);
    }

    /** With Thread.yield, the new thread would wait until the others have finished. */
    @Test
    void newThreadRunsWhileManyCompute() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 8 * Runtime.getRuntime().availableProcessors(); i++) {
            busy.add(Thread.startVirtualThread(() -> {
                Cancellation cancellation = new Cancellation();
                while (!over.get()) {
                    cancellation.checkpoint();
                }
            }));
        }
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(Thread.startVirtualThread(() -> {}).join(Duration.ofSeconds(20)))
                        .isTrue();
            }
        } finally {
            over.set(true);
        }
        for (Thread thread : busy) {
            thread.join();
        }
    }
}
