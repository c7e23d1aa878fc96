package dev.hasten.memory;

import static dev.hasten.memory.MemoryUse.REQUESTS;
import static dev.hasten.memory.MemoryUse.RESPONSES;
import static dev.hasten.memory.MemoryUse.RESULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.memory.MemoryExhaustedException.Share;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The memory that keys and databases get, whatever others hold. */
class MemoryBudgetTest {
    private static final long MIB = 1 << 20;

    private final AtomicLong nanoTime = new AtomicLong();
    /** Three shares: those of a and b, and that of connections without a key. */
    private final MemoryBudget budget = new MemoryBudget(60 * MIB, List.of("a", "b"), nanoTime::get);

    private static void refuses(Share share, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MemoryExhaustedException.class,
                        e -> assertThat(e.share()).isEqualTo(share));
    }

    @Test
    void aSingleActiveDatabaseGetsItsGuaranteeAndTheSharedHalf() {
        assertThat(budget.guaranteedBytes()).isEqualTo(10 * MIB);
        Reservation one = budget.open("a", "key");
        one.take(RESULTS, 40 * MIB);
        refuses(Share.DATABASE, () -> one.take(RESULTS, 1));
        assertThat(budget.usedBytes("a")).isEqualTo(40 * MIB);
        assertThat(budget.refusals("a", Share.DATABASE)).isEqualTo(1);
    }

    @Test
    void noDatabaseCanUseTheGuaranteeOfAnother() {
        budget.open("a", "key").take(RESULTS, 40 * MIB);
        Reservation bystander = budget.open("b", "key");
        bystander.take(RESULTS, 10 * MIB);
        refuses(Share.DATABASE, () -> bystander.take(RESULTS, 1));
    }

    @Test
    void connectionsWithoutAKeyCannotUseTheSharedHalf() {
        Reservation heads = budget.open(MemoryBudget.NO_DATABASE, "");
        heads.take(REQUESTS, 10 * MIB);
        refuses(Share.DATABASE, () -> heads.take(REQUESTS, 1));
        budget.open("a", "key").take(RESULTS, 40 * MIB);
    }

    @Test
    void aKeyGetsHalfWhileAnotherIsInUse() {
        Reservation other = budget.open("a", "other");
        other.take(REQUESTS, 1);
        Reservation greedy = budget.open("a", "greedy");
        greedy.take(RESULTS, 20 * MIB);
        refuses(Share.KEY, () -> greedy.take(RESULTS, 1));
        assertThat(budget.refusals("a", Share.KEY)).isEqualTo(1);
        other.take(RESULTS, 19 * MIB);
    }

    @Test
    void aKeyGetsHalfForAWhileAfterAnotherWasInUse() {
        Reservation other = budget.open("a", "other");
        other.take(REQUESTS, 1);
        other.close();
        Reservation greedy = budget.open("a", "greedy");
        refuses(Share.KEY, () -> greedy.take(RESULTS, 21 * MIB));
        nanoTime.addAndGet(Duration.ofSeconds(10).toNanos());
        greedy.take(RESULTS, 40 * MIB);
    }

    @Test
    void aRefusedKeyLimitsTheKeyThatHoldsTheMemory() {
        Reservation greedy = budget.open("a", "greedy");
        greedy.take(RESULTS, 30 * MIB);
        Reservation other = budget.open("a", "other");
        refuses(Share.DATABASE, () -> other.take(RESULTS, 15 * MIB));
        refuses(Share.KEY, () -> greedy.take(RESULTS, 1));
        greedy.give(RESULTS, 15 * MIB);
        other.take(RESULTS, 15 * MIB);
    }

    @Test
    void closingReleasesEverything() {
        Reservation one = budget.open("a", "key");
        one.take(REQUESTS, 5);
        one.take(RESULTS, 3 * MIB);
        assertThat(budget.usedBytes(RESULTS)).isEqualTo(3 * MIB);
        one.set(RESULTS, MIB);
        one.set(RESPONSES, 7);
        assertThat(one.heldBytes(RESULTS)).isEqualTo(MIB);
        one.close();
        one.close();
        for (MemoryUse use : MemoryUse.values()) {
            assertThat(budget.usedBytes(use)).isZero();
        }
        assertThat(budget.usedBytes("a")).isZero();
    }

    @Test
    void refusalLeavesTheReservationUnchanged() {
        Reservation one = budget.open("a", "key");
        one.take(RESULTS, MIB);
        refuses(Share.DATABASE, () -> one.take(RESULTS, 100 * MIB));
        assertThat(one.heldBytes(RESULTS)).isEqualTo(MIB);
        assertThat(budget.usedBytes("a")).isEqualTo(MIB);
        one.close();
        assertThat(budget.usedBytes("a")).isZero();
    }

    @Test
    void sharedBytesAreReservedOnceForAllHolders() {
        SharedBytes bytes = new SharedBytes(new byte[(int) (30 * MIB)]);
        Reservation first = budget.open("a", "key");
        Reservation second = budget.open("a", "key");
        bytes.hold(first);
        bytes.hold(second);
        assertThat(budget.usedBytes(RESPONSES)).isEqualTo(30 * MIB);
        bytes.release();
        first.close();
        assertThat(budget.usedBytes(RESPONSES)).isEqualTo(30 * MIB);
        bytes.release();
        assertThat(budget.usedBytes("a")).isZero();
    }

    @Test
    void sharedBytesThatWereRefusedCanBeHeldLater() {
        SharedBytes bytes = new SharedBytes(new byte[(int) (30 * MIB)]);
        Reservation full = budget.open("a", "key");
        full.take(RESULTS, 20 * MIB);
        Reservation reader = budget.open("a", "key");
        refuses(Share.DATABASE, () -> bytes.hold(reader));
        full.close();
        bytes.hold(reader);
        bytes.release();
        assertThat(budget.usedBytes("a")).isZero();
    }
}
