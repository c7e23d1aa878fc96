package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Invalidations are never lost, for any number of tags. */
final class GenerationsTest {
    private static final Cause CAUSE = new Cause(Cause.Kind.WRITE, "test");
    private final Generations generations = new Generations(new GenerationClock());

    @Test
    void nothingIsOutdatedAtFirst() {
        assertThat(generations.isCurrent(generations.now(), List.of("a", "b"))).isTrue();
    }

    @Test
    void onlyEarlierReadsAreOutdated() {
        long before = generations.now();
        generations.invalidate(List.of("a"), CAUSE);
        assertThat(generations.isCurrent(before, List.of("b", "a"))).isFalse();
        assertThat(generations.isCurrent(before, List.of("b"))).isTrue();
        assertThat(generations.isCurrent(before, List.of())).isTrue();
        assertThat(generations.isCurrent(generations.now(), List.of("b", "a"))).isTrue();
    }

    @Test
    void invalidationOfAllAlsoAppliesToReadsWithoutTags() {
        long before = generations.now();
        generations.invalidateAll(CAUSE);
        assertThat(generations.isCurrent(before, List.of())).isFalse();
        assertThat(generations.isCurrent(generations.now(), List.of("a"))).isTrue();
    }

    @Test
    void moreTagsThanSlotsLoseNoInvalidation() {
        List<String> tags =
                IntStream.range(0, 100_000).mapToObj(i -> "tag_" + i).toList();
        for (String tag : tags) {
            generations.invalidate(List.of(tag), CAUSE);
        }
        long now = generations.now();
        assertThat(tags.stream().allMatch(tag -> generations.isCurrent(now, List.of(tag))))
                .isTrue();
        assertThat(tags.stream().noneMatch(tag -> generations.isCurrent(0, List.of(tag))))
                .isTrue();
    }

    /** Random tags share a slot with probability 1/16384; similar names must not be much worse. */
    @Test
    void tagsRarelyShareASlot() {
        generations.invalidate(List.of("user_0"), CAUSE);
        long shared = IntStream.range(1, 100_000)
                .filter(i -> !generations.isCurrent(0, List.of("user_" + i)))
                .count();
        assertThat(shared).isLessThan(40);
    }

    @Test
    void everyThreadSeesItsOwnInvalidation() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> seen = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                List<String> own = List.of("own_" + thread, "shared");
                seen.add(threads.submit(() -> {
                    boolean all = true;
                    for (int i = 0; i < 50_000; i++) {
                        long before = generations.now();
                        generations.invalidate(own, CAUSE);
                        all &= !generations.isCurrent(before, own.subList(0, 1));
                        all &= !generations.isCurrent(before, own.subList(1, 2));
                    }
                    return all;
                }));
            }
            for (Future<Boolean> each : seen) {
                assertThat(each.get()).isTrue();
            }
        }
    }
}
