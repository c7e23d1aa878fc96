package dev.hasten.cache;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When each tag was invalidated last, on a clock that ticks with every invalidation. What was read at generation g is
 * outdated when one of its tags was invalidated later than g; so an invalidation costs the same however many entries
 * carry the tag, and no race with a read that is under way can be lost.
 *
 * <p>Tags share a fixed number of slots. Two tags in one slot are invalidated together: memory is bounded at the price
 * of a rare needless read, and never of a lost invalidation.
 */
final class Generations {
    /** 128 KB for each database. */
    private static final int SLOTS = 1 << 14;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicLong all = new AtomicLong();
    private final AtomicLongArray tags = new AtomicLongArray(SLOTS);

    /** The generation of whatever is read from PostgreSQL from here on. */
    long now() {
        return clock.get();
    }

    /**
     * Outdates what was read before this call and carries one of the tags.
     *
     * <p>A reader that gets the new time before the slots have it may take its own data for current: rightly so, because
     * it reads after this call began.
     */
    void invalidate(List<String> invalid) {
        long time = clock.incrementAndGet();
        for (String tag : invalid) {
            tags.accumulateAndGet(slot(tag), time, Math::max);
        }
    }

    /** Outdates everything that was read before this call. */
    void invalidateAll() {
        long time = clock.incrementAndGet();
        all.accumulateAndGet(time, Math::max);
    }

    /** Whether something that was read at a generation and carries the tags is still current. */
    boolean isCurrent(long generation, List<String> carried) {
        if (all.get() > generation) {
            return false;
        }
        // An index, because an iterator would be the only garbage of a look-up.
        for (int i = 0; i < carried.size(); i++) {
            if (tags.get(slot(carried.get(i))) > generation) {
                return false;
            }
        }
        return true;
    }

    private static int slot(String tag) {
        int hash = tag.hashCode() * 0x9E3779B9;
        return hash >>> 18;
    }
}
