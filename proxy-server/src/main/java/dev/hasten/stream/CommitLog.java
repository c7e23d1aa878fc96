package dev.hasten.stream;

import dev.hasten.cache.Cause;
import dev.hasten.cache.Cause.Kind;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.cache.RelationIds;
import dev.hasten.postgres.ChangeFeedException;
import dev.hasten.postgres.LogSnapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commits that the stream has delivered. A commit is often delivered before it becomes visible: PostgreSQL writes
 * it to the log first, and under synchronous replication waits for a standby in between. Therefore its relations are
 * outdated twice: when it is delivered, and when a snapshot shows that it is visible. In between, nothing that
 * depends on them is stored. Used by one thread.
 */
final class CommitLog {
    private static final Cause RESTART = new Cause(Kind.STREAM, "the change stream restarted");
    private static final Cause TOO_MANY = new Cause(Kind.STREAM, "too many commits are not known to be visible");

    private static final int MOST_OVERFLOWED = 10;

    private final RelationGenerations relations;
    private final int maxPending;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private @Nullable Overflow overflow;
    private volatile long count;

    /** @param relations null for all */
    private record Pending(int transaction, @Nullable RelationIds relations, Cause cause, Runnable settle) {}

    /** Commits that are not listed one by one. They are visible when all of them are. */
    private record Overflow(Set<Integer> transactions, Runnable settle) {}

    /** @param maxPending with more commits that are not known to be visible, all relations count as changed */
    CommitLog(RelationGenerations relations, int maxPending) {
        this.maxPending = maxPending;
        this.relations = relations;
    }

    /** The number of commits that are not known to be visible. */
    int pending() {
        return pending.size() + (overflow == null ? 0 : overflow.transactions().size());
    }

    /** Whether further commits count as changes of all relations. */
    boolean isFull() {
        return overflow != null || pending.size() >= maxPending;
    }

    /** The number of commits that were delivered. */
    long count() {
        return count;
    }

    /**
     * Called when a commit is delivered.
     *
     * @param changed null if it is not known what was changed
     * @param position of the commit in the log
     * @throws ChangeFeedException if so many are pending that the stream must restart
     */
    void delivered(int transaction, @Nullable RelationIds changed, long position) throws ChangeFeedException {
        if (changed != null && changed.isEmpty()) {
            return;
        }
        // Only one thread writes it.
        long delivered = count + 1;
        count = delivered;
        if (overflow != null || pending.size() >= maxPending) {
            overflowed(transaction);
            return;
        }
        Runnable settle = changed == null ? relations.unsettleAll() : relations.unsettle(changed);
        Cause cause = cause(transaction, changed, position);
        outdate(changed, cause);
        pending.add(new Pending(transaction, changed, cause, settle));
    }

    private void overflowed(int transaction) throws ChangeFeedException {
        Overflow all = overflow;
        if (all == null) {
            all = new Overflow(new HashSet<>(), relations.unsettleAll());
            overflow = all;
        }
        relations.allChanged(TOO_MANY);
        all.transactions().add(transaction);
        if (all.transactions().size() > MOST_OVERFLOWED * (long) maxPending) {
            throw new ChangeFeedException("too many commits are not known to be visible");
        }
    }

    private static Cause cause(int transaction, @Nullable RelationIds changed, long position) {
        return new Cause(
                Kind.STREAM,
                "transaction %s, log position %X/%X%s"
                        .formatted(
                                Integer.toUnsignedString(transaction),
                                position >>> 32,
                                position & 0xffff_ffffL,
                                changed == null ? "; it is not known what it changed" : ""));
    }

    /** Forgets the delivered commits that are visible in a snapshot. */
    void visible(LogSnapshot snapshot) {
        for (Iterator<Pending> commits = pending.iterator(); commits.hasNext(); ) {
            Pending commit = commits.next();
            if (snapshot.sees(commit.transaction())) {
                commits.remove();
                outdate(commit.relations(), commit.cause());
                commit.settle().run();
            }
        }
        Overflow rest = overflow;
        if (rest != null) {
            rest.transactions().removeIf(snapshot::sees);
            if (rest.transactions().isEmpty()) {
                relations.allChanged(TOO_MANY);
                rest.settle().run();
                overflow = null;
            }
        }
    }

    /** Called when the stream restarts: what was pending is visible by now, or on another server. */
    void restart() {
        relations.allChanged(RESTART);
        pending.forEach(commit -> commit.settle().run());
        pending.clear();
        if (overflow != null) {
            overflow.settle().run();
            overflow = null;
        }
    }

    private void outdate(@Nullable RelationIds changed, Cause cause) {
        if (changed == null) {
            relations.allChanged(cause);
        } else {
            relations.changed(changed, cause);
        }
    }
}
