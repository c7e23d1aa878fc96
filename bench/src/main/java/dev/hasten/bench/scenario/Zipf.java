package dev.hasten.bench.scenario;

import java.util.random.RandomGenerator;

/**
 * Zipfian distribution of ranks from 1 to n, where the probability of rank k is proportional to 1/k^s. Uses
 * rejection-inversion (W. Hörmann, G. Derflinger: Rejection-inversion to generate variates from monotone discrete
 * distributions, 1996), which needs no table and takes the same time for every n.
 */
public final class Zipf {
    private final int n;
    private final double exponent;
    private final double integralOfFirst;
    private final double integralOfLast;
    private final double shortcut;

    /**
     * @param n number of ranks, 1 or more
     * @param exponent exponent s, 0 (uniform) to 10
     */
    public Zipf(int n, double exponent) {
        if (n < 1 || !(exponent >= 0 && exponent <= 10)) {
            throw new IllegalArgumentException(
                    "n must be 1 or more and exponent 0 to 10; n is " + n + ", exponent is " + exponent);
        }
        this.n = n;
        this.exponent = exponent;
        this.integralOfFirst = integral(1.5) - 1;
        this.integralOfLast = integral(n + 0.5);
        this.shortcut = 2 - inverseIntegral(integral(2.5) - density(2));
    }

    /** Returns a random rank from 1 to n. */
    public int next(RandomGenerator random) {
        while (true) {
            double u = integralOfLast + random.nextDouble() * (integralOfFirst - integralOfLast);
            double x = inverseIntegral(u);
            int k = Math.clamp((long) (x + 0.5), 1, n);
            // The first condition accepts most values; the second accepts exactly those below the histogram of 1/k^s.
            if (k - x <= shortcut || u >= integral(k + 0.5) - density(k)) {
                return k;
            }
        }
    }

    private double density(double x) {
        return Math.exp(-exponent * Math.log(x));
    }

    /** (x^(1-s) - 1) / (1-s), and its limit log x for s = 1. */
    private double integral(double x) {
        double log = Math.log(x);
        return expm1OverX((1 - exponent) * log) * log;
    }

    private double inverseIntegral(double y) {
        double t = Math.max(-1, y * (1 - exponent));
        return Math.exp(log1pOverX(t) * y);
    }

    private static double log1pOverX(double x) {
        return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2 + x * x / 3;
    }

    private static double expm1OverX(double x) {
        return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2 + x * x / 6;
    }
}
