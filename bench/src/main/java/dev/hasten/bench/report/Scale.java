package dev.hasten.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Maps values to positions on an axis and determines its ticks. */
sealed interface Scale {
    /** The position of a value: 0 is the start of the axis, 1 is its end. */
    double place(double value);

    /** The values with a label, in ascending order. */
    List<Double> ticks();

    /** From 0 to a round number above the highest value. */
    record Linear(double high, double step) implements Scale {
        private static final int STEPS = 5;

        static Linear upTo(double highest) {
            double rough = Math.max(highest, 1e-9) / STEPS;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double step = power * 10;
            for (double factor : new double[] {5, 2.5, 2, 1}) {
                if (power * factor >= rough) {
                    step = power * factor;
                }
            }
            return new Linear(Math.ceil(highest / step - 1e-9) * step, step);
        }

        @Override
        public double place(double value) {
            return high == 0 ? 0 : Math.clamp(value / high, 0, 1);
        }

        @Override
        public List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int i = 0; i * step <= high * (1 + 1e-9); i++) {
                ticks.add(i * step);
            }
            return ticks;
        }
    }

    /** From below the lowest value to above the highest, in steps of 1, 2, 5, 10. */
    record Logarithmic(double low, double high) implements Scale {
        private static final double[] STEPS = {1, 2, 5};

        static Logarithmic of(double lowest, double highest) {
            double low = roundDown(Math.max(lowest, 1e-4));
            return new Logarithmic(low, Math.max(roundUp(highest), low * 10));
        }

        private static double roundDown(double value) {
            double power = Math.pow(10, Math.floor(Math.log10(value)));
            double result = power;
            for (double step : STEPS) {
                if (power * step <= value) {
                    result = power * step;
                }
            }
            return result;
        }

        private static double roundUp(double value) {
            double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-4))));
            for (double step : STEPS) {
                if (power * step >= value) {
                    return power * step;
                }
            }
            return power * 10;
        }

        @Override
        public double place(double value) {
            return Math.clamp(Math.log(Math.max(value, low) / low) / Math.log(high / low), 0, 1);
        }

        @Override
        public List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            boolean wide = high / low > 200;
            for (double power = Math.pow(10, Math.floor(Math.log10(low))); power <= high; power *= 10) {
                for (double step : STEPS) {
                    double tick = power * step;
                    if (tick >= low * 0.999 && tick <= high * 1.001 && (step == 1 || !wide)) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }
    }

    /** Percentiles, with as much room from 99 to 99.9 as from 90 to 99. */
    record Percentiles(double nines) implements Scale {
        /** @param count number of values, which limits the highest percentile: ten values have no 99.9th percentile */
        static Percentiles of(long count) {
            return new Percentiles(Math.clamp(Math.floor(Math.log10((double) Math.max(count, 1))), 2, 6));
        }

        @Override
        public double place(double percentile) {
            double distance = Math.max(1 - percentile / 100, Math.pow(10, -nines));
            return -Math.log10(distance) / nines;
        }

        @Override
        public List<Double> ticks() {
            List<Double> ticks = new ArrayList<>(List.of(0.0, 50.0));
            for (int nine = 1; nine <= nines; nine++) {
                // Parsed from text, because in binary 100 - 0.1 is not exactly 99.9.
                ticks.add(Double.parseDouble(nine == 1 ? "90" : "99" + (nine == 2 ? "" : "." + "9".repeat(nine - 2))));
            }
            return ticks;
        }
    }
}
