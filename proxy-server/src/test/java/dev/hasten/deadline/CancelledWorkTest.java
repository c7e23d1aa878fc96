package dev.hasten.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.Reservation;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work that must stop stops at its next checkpoint, or while it waits; nothing that follows is interrupted. */
@Timeout(60)
final class CancelledWorkTest {
    private final Cancellation work = new Cancellation();

    @ParameterizedTest
    @EnumSource
    void cancelledWorkStopsAtACheckpointWithTheReason(Reason reason) {
        work.checkpoint();
        assertThat(work.reason()).isNull();
        work.cancel(reason);
        CancelledException stopped = catchThrowableOfType(CancelledException.class, work::checkpoint);
        assertThat(stopped.reason()).isEqualTo(reason);
        assertThat(work.reason()).isEqualTo(reason);
    }

    @Test
    void firstReasonIsKept() {
        work.cancel(Reason.TIMEOUT);
        work.cancel(Reason.DISCONNECT);
        assertThat(work.reason()).isEqualTo(Reason.TIMEOUT);
    }

    @Test
    void runningOperationIsInterruptedOnce() {
        AtomicInteger interrupts = new AtomicInteger();
        work.begin(interrupts::incrementAndGet);
        work.cancel(Reason.TIMEOUT);
        work.cancel(Reason.SHUTDOWN);
        assertThat(interrupts).hasValue(1);
    }

    @Test
    void endedOperationIsNotInterrupted() {
        AtomicInteger interrupts = new AtomicInteger();
        work.begin(interrupts::incrementAndGet);
        work.end();
        work.cancel(Reason.TIMEOUT);
        assertThat(interrupts).hasValue(0);
    }

    @Test
    void onlyTheLatestOperationIsInterrupted() {
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        work.begin(first::incrementAndGet);
        work.end();
        work.begin(second::incrementAndGet);
        work.cancel(Reason.TIMEOUT);
        assertThat(first).hasValue(0);
        assertThat(second).hasValue(1);
    }

    @Test
    void cancelledWorkBeginsNoOperation() {
        work.cancel(Reason.DISCONNECT);
        assertThat(catchThrowableOfType(CancelledException.class, () -> work.begin(() -> {}))
                        .reason())
                .isEqualTo(Reason.DISCONNECT);
        AtomicInteger waits = new AtomicInteger();
        assertThatThrownBy(() -> work.interruptible(waits::incrementAndGet)).isInstanceOf(CancelledException.class);
        assertThat(waits).hasValue(0);
    }

    @Test
    void waitReturnsItsResultOrThrowsItsOwnException() throws Exception {
        assertThat(work.<String, RuntimeException>interruptible(() -> "result")).isEqualTo("result");
        IOException failure = new IOException("from the wait");
        assertThatThrownBy(() -> work.interruptible(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void waitingWorkStopsWhenItIsCancelled() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> interruptedAfterwards = threads.submit(() -> {
                CancelledException stopped = catchThrowableOfType(
                        CancelledException.class,
                        () -> work.interruptible(() -> {
                            waiting.countDown();
                            return new SynchronousQueue<String>().take();
                        }));
                assertThat(stopped.reason()).isEqualTo(Reason.DISCONNECT);
                return Thread.interrupted();
            });
            waiting.await();
            work.cancel(Reason.DISCONNECT);
            assertThat(interruptedAfterwards.get()).isFalse();
        }
    }

    @Test
    void interruptForAnotherReasonIsNotACancellation() throws Exception {
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> result = threads.submit(() -> work.interruptible(() -> {
                waiting.complete(Thread.currentThread());
                return new SynchronousQueue<String>().take();
            }));
            waiting.get().interrupt();
            assertThatThrownBy(result::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
        }
        assertThat(work.reason()).isNull();
    }

    /** The interrupt comes while the wait already has its result. */
    @Test
    void lateInterruptDoesNotAffectWhatFollows() throws Exception {
        String result = work.<String, RuntimeException>interruptible(() -> {
            work.cancel(Reason.TIMEOUT);
            return "result";
        });
        assertThat(result).isEqualTo("result");
        assertThat(Thread.interrupted()).isFalse();
        assertThat(work.reason()).isEqualTo(Reason.TIMEOUT);
    }

    @Test
    void workKnowsItsMemory() {
        Reservation memory = MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, "key");
        assertThat(new Cancellation(memory).memory()).isSameAs(memory);
    }
}
