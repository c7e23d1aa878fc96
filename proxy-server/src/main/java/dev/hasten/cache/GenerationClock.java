package dev.hasten.cache;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the invalidations of a database: each is a generation of its own. Remembers the causes of the latest ones, for
 * operators. Thread-safe.
 */
final class GenerationClock {
    private static final int REMEMBERED = 1024;

    private final AtomicLong time = new AtomicLong();
    private final AtomicReferenceArray<@Nullable PastInvalidation> latest = new AtomicReferenceArray<>(REMEMBERED);

    /** The generation of the latest invalidation; 0 if there was none. */
    long now() {
        return time.get();
    }

    /** Begins a generation and returns it. */
    long advance(Cause cause) {
        long generation = time.incrementAndGet();
        latest.set(slot(generation), new PastInvalidation(generation, Instant.now(), cause));
        return generation;
    }

    /** What began a generation. */
    PastInvalidation at(long generation) {
        PastInvalidation known = latest.get(slot(generation));
        return known != null && known.generation() == generation ? known : new PastInvalidation(generation, null, null);
    }

    /** The latest invalidations, the newest first. */
    List<PastInvalidation> latest(int limit) {
        long newest = time.get();
        return LongStream.iterate(newest, at -> at > 0 && at > newest - REMEMBERED, at -> at - 1)
                .mapToObj(this::at)
                .filter(past -> past.at() != null)
                .limit(limit)
                .toList();
    }

    private static int slot(long generation) {
        return (int) (generation % REMEMBERED);
    }
}
