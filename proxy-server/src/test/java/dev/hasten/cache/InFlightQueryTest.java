package dev.hasten.cache;

import static dev.hasten.cache.TestCache.strategy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.cache.Stage.Actor;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The participants of a running query, and its end. */
final class InFlightQueryTest {
    private static final CachedBody BODY = CachedBody.of("{}".getBytes(StandardCharsets.US_ASCII), Instant.EPOCH);

    private final InFlightQuery miss = InFlightQuery.forMiss(
            0, strategy(1, 1), RelationIds.NONE, CacheStrategy.NONE, Generations.NO_MODEL, null, TestCache.memory());
    private final InFlightQuery refresh = InFlightQuery.forRefresh(
            0, strategy(1, 1), RelationIds.NONE, CacheStrategy.NONE, Generations.NO_MODEL, null, TestCache.memory());
    private final Stage stage = new Stage();

    @Test
    void queryIsCancelledWithTheReasonOfTheLastParticipantToLeave() {
        assertThat(miss.join()).isTrue();
        miss.leave(Reason.DISCONNECT);
        assertThat(miss.cancellation.reason()).isNull();
        miss.leave(Reason.TIMEOUT);
        assertThat(miss.cancellation.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(miss.join()).isFalse();
    }

    @Test
    void refreshContinuesWithoutWaiters() {
        assertThat(refresh.join()).isTrue();
        refresh.leave(Reason.DISCONNECT);
        assertThat(refresh.cancellation.reason()).isNull();
        assertThat(refresh.join()).isTrue();
    }

    @Test
    void completionWakesAllWaiters() {
        AtomicInteger completed = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            assertThat(miss.join()).isTrue();
            Actor waiting = stage.enter("waiter", _ -> {
                assertThat(miss.await(new Cancellation())).isSameAs(BODY);
                completed.incrementAndGet();
            });
            assertThat(waiting.isWaitingForAnother()).isTrue();
        }
        miss.complete(BODY);
        stage.settle();
        assertThat(completed).hasValue(3);
    }

    @Test
    void waitingAfterCompletionReturnsTheResult() {
        miss.join();
        miss.complete(BODY);
        assertThat(miss.await(new Cancellation())).isSameAs(BODY);
    }

    @Test
    void cancelledRequestStopsWaitingAtOnce() {
        miss.join();
        Cancellation stopped = new Cancellation();
        stopped.cancel(Reason.SHUTDOWN);
        assertThatThrownBy(() -> miss.await(stopped)).isInstanceOf(CancelledException.class);
        assertThat(miss.cancellation.reason()).isNull();
        miss.leave(Reason.DISCONNECT);
        assertThat(miss.cancellation.reason()).isEqualTo(Reason.DISCONNECT);
    }

    @Test
    void interruptStatusIsClearedAfterTheWait() {
        miss.join();
        Cancellation own = new Cancellation();
        AtomicInteger interrupted = new AtomicInteger();
        stage.enter("waiter", _ -> {
            assertThatThrownBy(() -> miss.await(own)).isInstanceOf(CancelledException.class);
            interrupted.set(Thread.currentThread().isInterrupted() ? 1 : -1);
        });
        own.cancel(Reason.DISCONNECT);
        stage.settle();
        assertThat(interrupted).hasValue(-1);
    }

    @Test
    void interruptedThreadIsNoLongerAParticipant() {
        Actor waiting = stage.enter("waiter", _ -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> miss.await(new Cancellation())).isInstanceOf(IllegalStateException.class);
        });
        assertThat(waiting.isDone()).isTrue();
        assertThat(miss.isAbandoned()).isTrue();
        assertThat(miss.cancellation.reason()).isEqualTo(Reason.DISCONNECT);
    }

    @Test
    void endGivesBackTheMemoryAndRemovesTheTimeLimit() {
        MemoryBudget budget = new MemoryBudget(1 << 30, List.of("default"));
        Reservation memory = budget.open("default", "key");
        InFlightQuery query = InFlightQuery.forMiss(
                0, strategy(1, 1), RelationIds.NONE, CacheStrategy.NONE, Generations.NO_MODEL, null, memory);
        memory.take(MemoryUse.RESULTS, 1 << 20);
        AtomicInteger removed = new AtomicInteger();
        query.watch(removed::incrementAndGet);
        assertThat(budget.usedBytes(MemoryUse.RESULTS)).isPositive();
        query.close();
        assertThat(budget.usedBytes(MemoryUse.RESULTS)).isZero();
        assertThat(removed).hasValue(1);
        query.watch(removed::incrementAndGet);
        assertThat(removed).as("set after the end").hasValue(2);
    }
}
