package dev.hasten.insights;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Estimates which part of the calls of a query a cache would have answered, for several ttls. It simulates a cache for a
 * sample of the parameters: those whose hash is below a threshold, which is halved when there are too many. A parameter is
 * either always or never in the sample, so the estimate is not biased by the sampling (the method of SHARDS: Waldspurger et
 * al., FAST 2015). Changes of the data are not simulated. Thread-safe.
 */
final class RepeatEstimator {
    /** The simulated ttls. */
    static final List<Duration> TTLS =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1));

    private static final int SAMPLED = 64;
    private static final int NEVER = Integer.MIN_VALUE;
    private static final int UNITS_PER_SECOND = 10;

    private final int[] variants = new int[SAMPLED];
    /** For each variant and ttl, when the simulated cache has stored it, in tenths of a second; or {@link #NEVER}. */
    private final int[] filled = new int[SAMPLED * TTLS.size()];

    private final long[] hits = new long[TTLS.size()];
    private int size;
    private long calls;
    /** Hashes are compared as unsigned numbers. */
    private volatile long limit = 1L << Integer.SIZE;

    /**
     * Adds a call.
     *
     * @param variant a hash of its parameters
     * @param nowMillis the time, from any start
     */
    void add(int variant, long nowMillis) {
        int mixed = mix(variant);
        if (Integer.toUnsignedLong(mixed) < limit) {
            sample(mixed, (int) (nowMillis / (1000 / UNITS_PER_SECOND)));
        }
    }

    /** The finalizer of MurmurHash3: similar parameters get independent numbers. */
    private static int mix(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    private synchronized void sample(int variant, int now) {
        int slot = slot(variant);
        while (slot < 0) {
            halve();
            if (Integer.toUnsignedLong(variant) >= limit) {
                return;
            }
            slot = slot(variant);
        }
        calls++;
        for (int i = 0; i < TTLS.size(); i++) {
            int at = slot * TTLS.size() + i;
            if (filled[at] != NEVER && now - filled[at] < TTLS.get(i).toSeconds() * UNITS_PER_SECOND) {
                hits[i]++;
            } else {
                filled[at] = now;
            }
        }
    }

    /** The place of a variant, which may be a new one; -1 if there is none. */
    private int slot(int variant) {
        for (int i = 0; i < size; i++) {
            if (variants[i] == variant) {
                return i;
            }
        }
        if (size == SAMPLED) {
            return -1;
        }
        variants[size] = variant;
        Arrays.fill(filled, size * TTLS.size(), (size + 1) * TTLS.size(), NEVER);
        return size++;
    }

    private void halve() {
        limit /= 2;
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (Integer.toUnsignedLong(variants[i]) < limit) {
                variants[kept] = variants[i];
                System.arraycopy(filled, i * TTLS.size(), filled, kept * TTLS.size(), TTLS.size());
                kept++;
            }
        }
        size = kept;
    }

    /** How many calls were simulated. */
    synchronized long simulated() {
        return calls;
    }

    /** The estimated part of hits for each of the {@link #TTLS}, from 0 to 1; 0 if nothing was simulated. */
    synchronized List<Double> hitRates() {
        return Arrays.stream(hits)
                .mapToObj(count -> calls == 0 ? 0 : (double) count / calls)
                .toList();
    }
}
