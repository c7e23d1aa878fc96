package dev.hasten.bench.compare;

/**
 * How often, of all orders in which n values of one kind and m of another can come, so many pairs of one each have the
 * second value below the first: the distribution of Mann and Whitney's U when the kinds do not differ. Exact for up to 25 of
 * each.
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

    /** The chance that U is below {@code u}. */
    double below(int u) {
        double sum = 0;
        for (int i = 0; i < u; i++) {
            sum += orders[i];
        }
        return sum / all;
    }
}
