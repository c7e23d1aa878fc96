package dev.hasten.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatioTest {
    private static double[] values(double... values) {
        return values;
    }

    @Test
    void threeRoundsEachGiveTheWholeRangeWithNinetyPercentConfidence() {
        Ratio ratio = Ratio.of(values(100, 110, 120), values(220, 200, 210));

        assertThat(ratio.low()).isEqualTo(200 / 120.0);
        assertThat(ratio.high()).isEqualTo(2.2);
        assertThat(ratio.estimate()).isEqualTo(210 / 110.0);
        assertThat(ratio.confidence()).isEqualTo(0.9, within(1e-9));
    }

    /** From tables of Mann and Whitney's U: for 5 and 5 values, U is at most 2 with probability 4/252 at each end. */
    @ParameterizedTest
    @CsvSource({"4, 4, 0.9714", "5, 5, 0.9683", "6, 6, 0.9589", "10, 10, 0.9567", "3, 7, 0.9667", "25, 25, 0.9505"})
    void moreRoundsNarrowTheRangeToNinetyFivePercentConfidence(int n, int m, double confidence) {
        double[] a = DoubleStream.iterate(100, value -> value + 1).limit(n).toArray();
        double[] b = DoubleStream.iterate(100.5, value -> value + 1).limit(m).toArray();

        Ratio ratio = Ratio.of(a, b);

        assertThat(ratio.confidence()).isGreaterThanOrEqualTo(0.95).isEqualTo(confidence, within(0.01));
        assertThat(ratio.low()).isLessThanOrEqualTo(ratio.estimate());
        assertThat(ratio.high()).isGreaterThanOrEqualTo(ratio.estimate());
    }

    @Test
    void falsePositivesMatchTheConfidence() {
        SplittableRandom random = new SplittableRandom(11);
        int runs = 4_000;
        int wrong = 0;
        for (int run = 0; run < runs; run++) {
            double[] a = random.doubles(5, 100, 200).toArray();
            double[] b = random.doubles(5, 100, 200).toArray();
            if (!Ratio.of(a, b).includesOne()) {
                wrong++;
            }
        }

        // 8 of 252 orders; the seed is fixed.
        assertThat((double) wrong / runs).isEqualTo(8 / 252.0, within(0.01));
    }
}
