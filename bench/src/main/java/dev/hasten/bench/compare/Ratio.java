package dev.hasten.bench.compare;

import java.util.Arrays;

/**
 * How many times as much as the values of A those of B are.
 *
 * <p>Every value of B is divided by every value of A. The middle of these quotients is the estimate, and as many are cut
 * off at both ends as leaves a confidence of at least 95 % that the truth lies between the rest (Hodges and Lehmann's
 * estimate and Moses' interval, both on logarithms). Nothing is assumed of how the values are distributed, only that a round
 * of one run has nothing to do with one of the other. With fewer than four rounds of each, even all of them together do not
 * give 95 %; then nothing is cut off, and the confidence says what that gives.
 *
 * @param estimate the ratio
 * @param low end of the interval
 * @param high end of the interval
 * @param confidence that the truth lies in the interval, 0 to 1
 */
public record Ratio(double estimate, double low, double high, double confidence) {
    private static final double WANTED = 0.95;

    /**
     * Compares values, one for each round.
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

    /** Of logarithms, where there are two in the middle. */
    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : Math.sqrt(sorted[middle - 1] * sorted[middle]);
    }

    /** Whether it may as well be 1. */
    boolean includesOne() {
        return low <= 1 && high >= 1;
    }
}
