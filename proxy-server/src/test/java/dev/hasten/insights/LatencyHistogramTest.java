package dev.hasten.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void percentilesAreWithinSevenPercentOfTheTrueOnes() {
        LatencyHistogram histogram = new LatencyHistogram();
        Random random = new Random(1);
        double[] millis = new double[10_000];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = Math.exp(random.nextGaussian() * 2);
            histogram.add((long) (millis[i] * 1e6));
        }
        Arrays.sort(millis);
        for (double part : new double[] {0.1, 0.5, 0.9, 0.95, 0.99, 0.999}) {
            assertThat(histogram.counts().percentileMillis(part))
                    .as("percentile %s", part)
                    .isCloseTo(millis[(int) Math.ceil(part * millis.length) - 1], withinPercentage(7));
        }
    }

    @Test
    void nothingCountedMeansZero() {
        assertThat(new LatencyHistogram().counts().percentileMillis(0.99)).isZero();
    }

    @Test
    void veryShortAndVeryLongDurationsAreCounted() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(0);
        histogram.add(-5);
        histogram.add(Duration.ofDays(10).toNanos());
        assertThat(histogram.counts().total()).isEqualTo(3);
        assertThat(histogram.counts().percentileMillis(1)).isBetween(200_000.0, 300_000.0);
    }

    @Test
    void differencesAndSumsOfCounts() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(1_000_000);
        LatencyHistogram.Counts earlier = histogram.counts();
        histogram.add(50_000_000);
        LatencyHistogram.Counts later = histogram.counts().since(earlier);
        assertThat(later.total()).isOne();
        assertThat(later.percentileMillis(0.5)).isCloseTo(50, withinPercentage(7));
        later.add(earlier);
        assertThat(later.total()).isEqualTo(2);
    }
}
