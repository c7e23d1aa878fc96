package dev.hasten.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipfTest {
    private static final int DRAWS = 400_000;

    @ParameterizedTest
    @CsvSource({"1000, 0.99", "1000, 1", "50, 0.5", "20, 2.5", "10, 0", "2, 1.2"})
    void everyRankIsDrawnWithItsProbability(int n, double exponent) {
        Zipf zipf = new Zipf(n, exponent);
        SplittableRandom random = new SplittableRandom(7);
        int[] counts = new int[n + 1];
        for (int i = 0; i < DRAWS; i++) {
            counts[zipf.next(random)]++;
        }

        double sum = IntStream.rangeClosed(1, n)
                .mapToDouble(rank -> Math.pow(rank, -exponent))
                .sum();
        assertThat(counts[0]).isZero();
        for (int rank = 1; rank <= n; rank++) {
            double probability = Math.pow(rank, -exponent) / sum;
            double deviation = Math.sqrt(probability * (1 - probability) / DRAWS);
            assertThat((double) counts[rank] / DRAWS)
                    .as("rank %d", rank)
                    // The seed is fixed, so this never fails by chance; six deviations would mean a wrong formula.
                    .isCloseTo(probability, within(6 * deviation));
        }
    }

    @Test
    void aSingleRankIsAlwaysDrawn() {
        assertThat(new Zipf(1, 0.99).next(new SplittableRandom(1))).isOne();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "10, -0.1", "10, 11", "10, NaN"})
    void invalidDistributionsAreRejected(int n, double exponent) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Zipf(n, exponent));
    }
}
