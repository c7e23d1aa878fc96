package dev.hasten.protocol.value;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * The state of ID generators that ensures that IDs neither collide nor go backwards. Use one instance per
 * process. Thread-safe.
 */
public final class GeneratorState {
    /** The counter of the cuid package has four base-36 digits. */
    private static final long CUID1_COUNTERS = 1_679_616;

    /** The counter of the cuid2 package starts below this. */
    private static final int CUID2_MAX_START = 476_782_367;

    private final AtomicLong cuid1Counter = new AtomicLong();
    private final String cuid1Fingerprint;
    private final AtomicLong cuid2Counter;
    private final String cuid2Fingerprint;
    private final Object uuid7Lock = new Object();
    private long uuid7Millis = Long.MIN_VALUE;
    private int uuid7Sequence;

    /**
     * Creates a state with new counters.
     *
     * @param hostName identifies this process, together with {@code processId}, among those that write to the
     *     same tables
     */
    public GeneratorState(RandomGenerator random, String hostName, long processId) {
        this.cuid1Fingerprint = Cuids.fingerprint1(hostName, processId);
        this.cuid2Counter = new AtomicLong(random.nextInt(CUID2_MAX_START));
        this.cuid2Fingerprint = Cuids.fingerprint2(hostName, processId, random);
    }

    /** 25 characters: {@code c}, the time, a counter that wraps, host and process, randomness, all in base 36. */
    String cuid1(long epochMillis, RandomGenerator random) {
        return Cuids.cuid1(epochMillis, cuid1Counter.getAndIncrement() % CUID1_COUNTERS, cuid1Fingerprint, random);
    }

    /** 24 characters: a letter, then a hash in base 36 over time, salt, counter and fingerprint. */
    String cuid2(long epochMillis, RandomGenerator random) {
        return Cuids.cuid2(epochMillis, cuid2Counter.getAndIncrement(), cuid2Fingerprint, random);
    }

    /**
     * Returns ascending ids, even within a millisecond and if the clock goes back. In these cases the time stays
     * unchanged and a 32-bit sequence, seeded with 31 random bits per millisecond, is incremented; if the sequence
     * wraps around, the time advances by one millisecond.
     */
    String uuid7(long epochMillis, RandomGenerator random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        long millis;
        int sequence;
        synchronized (uuid7Lock) {
            if (epochMillis > uuid7Millis) {
                uuid7Millis = epochMillis;
                uuid7Sequence = random.nextInt() >>> 1;
            } else if (++uuid7Sequence == 0) {
                uuid7Millis++;
            }
            millis = uuid7Millis;
            sequence = uuid7Sequence;
        }
        return RandomIds.uuid7(millis, sequence, bytes);
    }
}
