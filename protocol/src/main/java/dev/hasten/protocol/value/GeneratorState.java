package dev.hasten.protocol.value;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * What ID generators keep between calls so that their IDs neither collide nor run backwards: one instance per process.
 * Thread-safe.
 */
public final class GeneratorState {
    /** The cuid package counts through four base-36 digits. */
    private static final long CUID1_COUNTERS = 1_679_616;

    /** The cuid2 package starts to count below this. */
    private static final int CUID2_MAX_START = 476_782_367;

    private final AtomicLong cuid1Counter = new AtomicLong();
    private final String cuid1Fingerprint;
    private final AtomicLong cuid2Counter;
    private final String cuid2Fingerprint;
    private final Object uuid7Lock = new Object();
    private long uuid7Millis = Long.MIN_VALUE;
    private int uuid7Sequence;

    /**
     * A state with fresh counters.
     *
     * @param hostName with {@code processId} what tells this process from others that write to the same tables
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
     * Ascending also within a millisecond and when the clock steps back: then the time stands still and a 32-bit
     * sequence, seeded with 31 random bits per millisecond, counts on; when it wraps, the time moves one ahead.
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
