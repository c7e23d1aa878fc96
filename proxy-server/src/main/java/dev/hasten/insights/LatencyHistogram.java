package dev.hasten.insights;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts durations in buckets whose width is an eighth of their lower bound, from 1 microsecond to about 4 minutes. Takes
 * less than a kilobyte, because there is one for each shape of a query. Thread-safe; adding does not lock.
 */
public final class LatencyHistogram {
    /** Buckets of each power of two, as a power of two. */
    private static final int PRECISION = 3;

    private static final int STEPS = 1 << PRECISION;
    /** Longer durations are counted in the last bucket. */
    private static final long LONGEST_MICROS = (1L << 28) - 1;

    private static final int BUCKETS = bucket(LONGEST_MICROS) + 1;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);

    /** Adds a duration. */
    public void add(long nanos) {
        counts.getAndIncrement(bucket(Math.min(Math.max(0, nanos / 1000), LONGEST_MICROS)));
    }

    private static int bucket(long micros) {
        if (micros < STEPS) {
            return (int) micros;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        int step = (int) (micros >>> (power - PRECISION)) & (STEPS - 1);
        return (power - PRECISION + 1) * STEPS + step;
    }

    /** The lower bound of a bucket in microseconds. */
    private static long lowerBound(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int power = bucket / STEPS - 1;
        return (long) (STEPS + bucket % STEPS) << power;
    }

    /** The counts at this moment. */
    public Counts counts() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            // Unsigned, so that a bucket does not become negative after two billion durations.
            copy[i] = Integer.toUnsignedLong(counts.get(i));
        }
        return new Counts(copy);
    }

    /** Counts that do not change, unless others are added. Not thread-safe. */
    public static final class Counts {
        private final long[] buckets;

        private Counts(long[] buckets) {
            this.buckets = buckets;
        }

        /** Counts of nothing. */
        public static Counts none() {
            return new Counts(new long[BUCKETS]);
        }

        /** Adds other counts. */
        public void add(Counts other) {
            for (int i = 0; i < BUCKETS; i++) {
                buckets[i] += other.buckets[i];
            }
        }

        /** What was counted since earlier counts of the same histogram. */
        public Counts since(Counts earlier) {
            long[] difference = new long[BUCKETS];
            for (int i = 0; i < BUCKETS; i++) {
                difference[i] = Math.max(0, buckets[i] - earlier.buckets[i]);
            }
            return new Counts(difference);
        }

        /** How many durations were counted. */
        public long total() {
            long total = 0;
            for (long count : buckets) {
                total += count;
            }
            return total;
        }

        /**
         * The duration in milliseconds that this part of the durations does not exceed, with an error of at most 7 %.
         *
         * @param part from 0 to 1, such as 0.99
         * @return 0 if nothing was counted
         */
        public double percentileMillis(double part) {
            long total = total();
            if (total == 0) {
                return 0;
            }
            long wanted = Math.max(1, (long) Math.ceil(part * total));
            long seen = 0;
            for (int i = 0; i < BUCKETS; i++) {
                seen += buckets[i];
                if (seen >= wanted) {
                    return (lowerBound(i) + lowerBound(i + 1)) / 2000.0;
                }
            }
            return lowerBound(BUCKETS) / 1000.0;
        }
    }
}
