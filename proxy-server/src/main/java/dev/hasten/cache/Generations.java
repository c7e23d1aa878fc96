package dev.hasten.cache;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Records when each tag was last invalidated, on a clock that advances with every invalidation. Data that was read at
 * generation g is outdated if one of its tags was invalidated after g. The cost of an invalidation therefore does not
 * depend on the number of entries that have the tag, and a read in progress cannot cause an invalidation to be lost.
 *
 * <p>Tags share a fixed number of slots, and two tags in the same slot are invalidated together. This limits memory at
 * the cost of an occasional unnecessary read. An invalidation is never lost.
 */
final class Generations {
    /** The slot of data without a model. */
    static final int NO_MODEL = -1;

    /** Takes 128 KB per database. */
    private static final int SLOTS = 1 << 14;

    private final GenerationClock clock;
    private final AtomicLong all = new AtomicLong();
    private final AtomicLongArray tags = new AtomicLongArray(SLOTS);

    /** @param clock advances with every invalidation, also by others that share it */
    Generations(GenerationClock clock) {
        this.clock = clock;
    }

    /** The generation of data that is read from PostgreSQL from now on. */
    long now() {
        return clock.now();
    }

    /**
     * Invalidates data that was read before this call and has one of the tags.
     *
     * <p>A reader that gets the new time before the slots are updated may consider its data current. That is correct,
     * because it reads after this call began.
     */
    void invalidate(List<String> invalid, Cause cause) {
        long time = clock.advance(cause);
        for (String tag : invalid) {
            tags.accumulateAndGet(slot(tag), time, Math::max);
        }
    }

    /** Invalidates data of this model that was read before this call. */
    void invalidateModel(String model, Cause cause) {
        long time = clock.advance(cause);
        tags.accumulateAndGet(modelSlot(model), time, Math::max);
    }

    /** Invalidates everything that was read before this call. */
    void invalidateAll(Cause cause) {
        long time = clock.advance(cause);
        all.accumulateAndGet(time, Math::max);
    }

    /** Whether data that was read at a generation and has these tags is still current. */
    boolean isCurrent(long generation, List<String> carried) {
        if (all.get() > generation) {
            return false;
        }
        // Not a for-each loop, because its iterator would be the only object that a lookup allocates.
        for (int i = 0; i < carried.size(); i++) {
            if (tags.get(slot(carried.get(i))) > generation) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether data that was read at a generation is still current with regard to its model.
     *
     * @param modelSlot see {@link #modelSlot}
     */
    boolean isCurrent(long generation, int modelSlot) {
        return modelSlot == NO_MODEL || tags.get(modelSlot) <= generation;
    }

    /** The place of a model among the tags. */
    static int modelSlot(@Nullable String model) {
        // No tag has a colon.
        return model == null ? NO_MODEL : slot("model:" + model);
    }

    /** The latest generation that outdated data with this tag; 0 if it was never invalidated by its name. */
    long lastInvalidation(String tag) {
        return tags.get(slot(tag));
    }

    /** The latest generation that outdated data with these tags. */
    long lastChange(List<String> carried) {
        return carried.stream().mapToLong(tag -> tags.get(slot(tag))).reduce(all.get(), Math::max);
    }

    private static int slot(String tag) {
        int hash = tag.hashCode() * 0x9E3779B9;
        return hash >>> 18;
    }
}
