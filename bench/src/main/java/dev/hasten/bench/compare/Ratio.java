package dev.hasten.bench.compare;

import java.util.Arrays;

/**
 * The ratio of the values of B to those of A, with a confidence interval.
 *
 * <p>Every value of B is divided by every value of A. The median of these quotients is the estimate. Quotients are cut
 * off at both ends for as long as the true ratio is in the remaining range with a confidence of at least 95% (the
 * Hodges-Lehmann estimate and Moses' interval, both on logarithms). No distribution of the values is assumed, only that
 * the rounds of the two runs are independent. With fewer than four rounds per run, even the full range has a confidence
 * below 95%; then nothing is cut off, and {@code confidence} is that of the full range.
 *
 * @param estimate the estimated ratio
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @param confidence probability that the true ratio is in the interval, 0 to 1
 */
public record Ratio(double estimate, double low, double high, double confidence) {
    private static final double WANTED = 0.95;

    /**
     * Compares values, one per round.
     *
     * @param a all above 0, at least one
     * @param b all above 0, at least one
     */
    public static Ratio of(double[] a, double[] b) {
        double[] quotients = new double[a.length * b.length];
        int next = 0;
        for (double from : a) {
            for (double to : b) {
                quotients[next++] = to / from;
            }
        }
        Arrays.sort(quotients);
        RankDistribution ranks = new RankDistribution(a.length, b.length);
        int cut = 0;
        while (cut + 1 < quotients.length / 2 && 1 - 2 * ranks.below(cut + 2) >= WANTED) {
            cut++;
        }
        return new Ratio(
                median(quotients),
                quotients[cut],
                quotients[quotients.length - 1 - cut],
                Math.max(0, 1 - 2 * ranks.below(cut + 1)));
    }

    /** The median of the logarithms: the geometric mean if there are two middle values. */
    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : Math.sqrt(sorted[middle - 1] * sorted[middle]);
    }

    /** Whether the true ratio may be 1. */
    boolean includesOne() {
        return low <= 1 && high >= 1;
    }
}
