package dev.hasten.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The totals of the budget for any sequence of reservations and releases. */
class MemoryBudgetModelTest {
    private static final List<String> DATABASES = List.of("a", "b");
    private static final long LIMIT = 3 << 20;

    @Property(tries = 300)
    void usedBytesAreTheSumOfReservationsAndNeverExceedTheLimit(@ForAll long seed) {
        Random random = new Random(seed);
        MemoryBudget budget = new MemoryBudget(LIMIT, DATABASES, () -> 0);
        List<Reservation> reservations = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            reservations.add(budget.open(DATABASES.get(i % 2), "key" + i % 3));
        }
        for (int step = 0; step < 200; step++) {
            Reservation one = reservations.get(random.nextInt(reservations.size()));
            MemoryUse use = List.of(MemoryUse.values()).get(random.nextInt(MemoryUse.COUNT));
            try {
                switch (random.nextInt(4)) {
                    case 0, 1 -> one.take(use, random.nextInt(1 << 18));
                    case 2 -> one.set(use, random.nextInt(1 << 18));
                    default -> one.close();
                }
            } catch (MemoryExhaustedException e) {
                assertThat(budget.usedBytes("a") + budget.usedBytes("b")).isPositive();
            }
            for (MemoryUse each : MemoryUse.values()) {
                assertThat(budget.usedBytes(each))
                        .isEqualTo(reservations.stream()
                                .mapToLong(held -> held.heldBytes(each))
                                .sum());
            }
            assertThat(budget.usedBytes("a") + budget.usedBytes("b")).isLessThanOrEqualTo(LIMIT);
        }
        reservations.forEach(Reservation::close);
        assertThat(budget.usedBytes("a")).isZero();
        assertThat(budget.usedBytes("b")).isZero();
        // The shared half is completely available again.
        long most = LIMIT - 2 * budget.guaranteedBytes();
        budget.open("a", "key0").take(MemoryUse.RESULTS, most / Reservation.GRAIN * Reservation.GRAIN / 2);
    }

    @Test
    void concurrentReservationsAreAllReleased() throws InterruptedException, ExecutionException {
        MemoryBudget budget = new MemoryBudget(LIMIT, DATABASES);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                work.add(() -> {
                    Random random = new Random(number);
                    for (int round = 0; round < 20_000; round++) {
                        try (Reservation one = budget.open(DATABASES.get(number % 2), "key" + number % 3)) {
                            one.take(MemoryUse.RESULTS, random.nextInt(1 << 19));
                            one.set(MemoryUse.RESPONSES, random.nextInt(1 << 19));
                        } catch (MemoryExhaustedException e) {
                            Thread.onSpinWait();
                        }
                    }
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        }
        for (MemoryUse use : MemoryUse.values()) {
            assertThat(budget.usedBytes(use)).isZero();
        }
        assertThat(budget.usedBytes("a")).isZero();
        assertThat(budget.usedBytes("b")).isZero();
    }
}
