package dev.hasten.cache;

import dev.hasten.cache.Cause.Kind;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * Records when each relation of a database was last changed, on the clock of {@link Generations}. Data that was read at
 * generation g is outdated if one of its relations was changed after g. Thread-safe.
 *
 * <p>A change must be recorded after it became visible in PostgreSQL: a reader that gets a later generation then sees
 * it. As long as it is not known whether a change is visible, it is {@link #unsettle unsettled}, and nothing that
 * depends on its relations may be stored.
 *
 * <p>Relations share a fixed number of slots. Two relations in the same slot are changed together, which costs an
 * unnecessary read. A change is never lost.
 */
public final class RelationGenerations {
    /** Takes 192 KB per database. Object identifiers are assigned in sequence, so collisions are rare. */
    private static final int SLOTS = 1 << 14;

    private static final Cause LINKED = new Cause(Kind.ALL, "two configured databases are the same one");

    private final GenerationClock clock = new GenerationClock();
    private final AtomicLong all = new AtomicLong();
    private final AtomicInteger allUnsettled = new AtomicInteger();
    private final AtomicLongArray changed;
    private final AtomicIntegerArray unsettled;
    private volatile List<RelationGenerations> peers = List.of();

    private RelationGenerations(int slots) {
        this.changed = new AtomicLongArray(slots);
        this.unsettled = new AtomicIntegerArray(slots);
    }

    /** For a database whose changes are recorded. */
    public static RelationGenerations create() {
        return new RelationGenerations(SLOTS);
    }

    /** For a database whose changes are not recorded; takes no memory. */
    public static RelationGenerations unused() {
        return new RelationGenerations(1);
    }

    /** The clock, which tags share. */
    GenerationClock clock() {
        return clock;
    }

    /**
     * Records every change in both from now on, because they belong to the same database under two names. What was read
     * before is outdated.
     */
    public void link(RelationGenerations other) {
        addPeer(other);
        other.addPeer(this);
        allChanged(LINKED);
    }

    private synchronized void addPeer(RelationGenerations other) {
        peers = Stream.concat(peers.stream(), Stream.of(other)).distinct().toList();
    }

    /** Outdates data that was read before this call and depends on one of the relations. */
    public void changed(RelationIds relations, Cause cause) {
        move(relations, cause);
        for (RelationGenerations peer : peers) {
            peer.move(relations, cause);
        }
    }

    private void move(RelationIds relations, Cause cause) {
        long time = clock.advance(cause);
        for (int i = 0; i < relations.size(); i++) {
            changed.accumulateAndGet(slot(relations.get(i)), time, Math::max);
        }
    }

    /** Outdates all data that was read before this call and depends on any relation. */
    public void allChanged(Cause cause) {
        moveAll(cause);
        for (RelationGenerations peer : peers) {
            peer.moveAll(cause);
        }
    }

    private void moveAll(Cause cause) {
        long time = clock.advance(cause);
        all.accumulateAndGet(time, Math::max);
    }

    /**
     * Prevents that anything is stored that depends on one of the relations.
     *
     * @return ends that; called at most once
     */
    public Runnable unsettle(RelationIds relations) {
        List<RelationGenerations> databases = withPeers();
        databases.forEach(each -> each.count(relations, 1));
        return () -> databases.forEach(each -> each.count(relations, -1));
    }

    /**
     * Prevents that anything is stored that depends on any relation.
     *
     * @return ends that; called at most once
     */
    public Runnable unsettleAll() {
        List<RelationGenerations> databases = withPeers();
        databases.forEach(each -> each.allUnsettled.incrementAndGet());
        return () -> databases.forEach(each -> each.allUnsettled.decrementAndGet());
    }

    private List<RelationGenerations> withPeers() {
        return Stream.concat(Stream.of(this), peers.stream()).toList();
    }

    private void count(RelationIds relations, int change) {
        for (int i = 0; i < relations.size(); i++) {
            unsettled.addAndGet(slot(relations.get(i)), change);
        }
    }

    /** Whether data that was read at a generation and depends on these relations is still current. */
    boolean isCurrent(long generation, RelationIds relations) {
        if (relations.isEmpty()) {
            return true;
        }
        if (all.get() > generation) {
            return false;
        }
        for (int i = 0; i < relations.size(); i++) {
            if (changed.get(slot(relations.get(i))) > generation) {
                return false;
            }
        }
        return true;
    }

    /** The latest generation that outdated data that depends on these relations; 0 if there was none. */
    long lastChange(RelationIds relations) {
        long last = relations.isEmpty() ? 0 : all.get();
        for (int i = 0; i < relations.size(); i++) {
            last = Math.max(last, changed.get(slot(relations.get(i))));
        }
        return last;
    }

    /** Whether data that was read at a generation and depends on these relations may be stored. */
    boolean isStorable(long generation, RelationIds relations) {
        // In this order: a change is recorded again before it is settled.
        return isSettled(relations) && isCurrent(generation, relations);
    }

    /** Whether it is known of every change of these relations that it is visible, or that it will never be. */
    boolean isSettled(RelationIds relations) {
        if (relations.isEmpty()) {
            return true;
        }
        if (allUnsettled.get() > 0) {
            return false;
        }
        for (int i = 0; i < relations.size(); i++) {
            if (unsettled.get(slot(relations.get(i))) > 0) {
                return false;
            }
        }
        return true;
    }

    private int slot(int relation) {
        return relation & (changed.length() - 1);
    }
}
