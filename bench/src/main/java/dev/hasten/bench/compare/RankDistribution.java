package dev.hasten.bench.compare;

/**
 * The distribution of the Mann-Whitney U statistic under the null hypothesis, for samples of n and m values: U is the
 * number of pairs with one value of each sample in which the second value is less than the first. Exact for up to 25
 * values per sample.
 */
final class RankDistribution {
    private final double[] orders;
    private final double all;

    RankDistribution(int n, int m) {
        // The coefficients of the product of (1 - q^(m+i)) / (1 - q^i) for i from 1 to n.
        double[] counts = new double[n * m + 1];
        counts[0] = 1;
        for (int i = 1; i <= n; i++) {
            for (int u = counts.length - 1; u >= m + i; u--) {
                counts[u] -= counts[u - m - i];
            }
            for (int u = i; u < counts.length; u++) {
                counts[u] += counts[u - i];
            }
        }
        double sum = 0;
        for (double count : counts) {
            sum += count;
        }
        this.orders = counts;
        this.all = sum;
    }

    /** The probability that U is less than {@code u}. */
    double below(int u) {
        double sum = 0;
        for (int i = 0; i < u; i++) {
            sum += orders[i];
        }
        return sum / all;
    }
}
