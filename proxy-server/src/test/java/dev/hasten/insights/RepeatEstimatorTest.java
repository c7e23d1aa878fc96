package dev.hasten.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepeatEstimatorTest {
    /** The hit rates of a cache without any limits. */
    private static List<Double> exact(List<Integer> variants, int stepMillis) {
        List<Double> rates = new ArrayList<>();
        for (var ttl : RepeatEstimator.TTLS) {
            Map<Integer, Long> filled = new HashMap<>();
            long hits = 0;
            for (int i = 0; i < variants.size(); i++) {
                long now = (long) i * stepMillis;
                Long at = filled.get(variants.get(i));
                if (at != null && now - at < ttl.toMillis()) {
                    hits++;
                } else {
                    filled.put(variants.get(i), now);
                }
            }
            rates.add((double) hits / variants.size());
        }
        return rates;
    }

    private static RepeatEstimator estimator(List<Integer> variants, int stepMillis) {
        RepeatEstimator estimator = new RepeatEstimator();
        for (int i = 0; i < variants.size(); i++) {
            estimator.add(variants.get(i), (long) i * stepMillis);
        }
        return estimator;
    }

    @Test
    void fewVariantsAreSimulatedExactly() {
        Random random = new Random(1);
        List<Integer> variants = random.ints(5000, 0, 50).boxed().toList();
        RepeatEstimator estimator = estimator(variants, 100);
        assertThat(estimator.simulated()).isEqualTo(5000);
        List<Double> exact = exact(variants, 100);
        for (int i = 0; i < exact.size(); i++) {
            assertThat(estimator.hitRates().get(i)).isCloseTo(exact.get(i), within(0.001));
        }
    }

    @Test
    void manyVariantsAreSampledWithoutBias() {
        Random random = new Random(2);
        List<Integer> variants = random.ints(200_000, 0, 3000).boxed().toList();
        List<Double> exact = exact(variants, 50);
        RepeatEstimator estimator = estimator(variants, 50);
        assertThat(estimator.simulated()).isLessThan(200_000);
        for (int i = 0; i < exact.size(); i++) {
            assertThat(estimator.hitRates().get(i))
                    .as("ttl %s", RepeatEstimator.TTLS.get(i))
                    .isCloseTo(exact.get(i), within(0.05));
        }
    }

    @Test
    void parametersThatNeverRepeatHaveNoHits() {
        List<Integer> variants = new Random(3).ints(50_000).boxed().distinct().toList();
        assertThat(estimator(variants, 1).hitRates()).allMatch(rate -> rate == 0);
    }
}
