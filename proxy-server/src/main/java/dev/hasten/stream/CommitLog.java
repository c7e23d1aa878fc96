package dev.hasten.stream;

import dev.hasten.cache.RelationGenerations;
import dev.hasten.cache.RelationIds;
import dev.hasten.postgres.LogSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commits that the stream has delivered. A commit is often delivered before it becomes visible: PostgreSQL writes
 * it to the log first, and under synchronous replication waits for a standby in between. Therefore its relations are
 * outdated twice: when it is delivered, and when a snapshot shows that it is visible. In between, nothing that
 * depends on them is stored. Used by one thread.
 */
final class CommitLog {
    /** With more commits that are not known to be visible, all relations count as changed. */
    private static final int MOST_PENDING = 10_000;

    private final RelationGenerations relations;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private @Nullable Overflow overflow;

    /** @param relations null for all */
    private record Pending(int transaction, @Nullable RelationIds relations, Runnable settle) {}

    /** Commits that are not listed one by one. They are visible when all of them are. */
    private record Overflow(Set<Integer> transactions, Runnable settle) {}

    CommitLog(RelationGenerations relations) {
        this.relations = relations;
    }

    /** The number of commits that are not known to be visible. */
    int pending() {
        return pending.size() + (overflow == null ? 0 : overflow.transactions().size());
    }

    /**
     * Called when a commit is delivered.
     *
     * @param changed null if it is not known what was changed
     */
    void delivered(int transaction, @Nullable RelationIds changed) {
        if (changed != null && changed.isEmpty()) {
            return;
        }
        if (overflow != null || pending.size() >= MOST_PENDING) {
            overflowed(transaction);
            return;
        }
        Runnable settle = changed == null ? relations.unsettleAll() : relations.unsettle(changed);
        outdate(changed);
        pending.add(new Pending(transaction, changed, settle));
    }

    private void overflowed(int transaction) {
        Overflow all = overflow;
        if (all == null) {
            all = new Overflow(new HashSet<>(), relations.unsettleAll());
            overflow = all;
        }
        relations.allChanged();
        all.transactions().add(transaction);
    }

    /** Called when all commits before the snapshot have been delivered. */
    void visible(LogSnapshot snapshot) {
        RelationIds outdated = RelationIds.NONE;
        boolean everything = false;
        List<Runnable> settled = new ArrayList<>();
        for (Iterator<Pending> commits = pending.iterator(); commits.hasNext(); ) {
            Pending commit = commits.next();
            if (snapshot.sees(commit.transaction())) {
                commits.remove();
                settled.add(commit.settle());
                everything |= commit.relations() == null;
                outdated = commit.relations() == null ? outdated : outdated.and(commit.relations());
            }
        }
        Overflow rest = overflow;
        if (rest != null) {
            rest.transactions().removeIf(snapshot::sees);
            if (rest.transactions().isEmpty()) {
                settled.add(rest.settle());
                everything = true;
                overflow = null;
            }
        }
        if (!settled.isEmpty()) {
            outdate(everything ? null : outdated);
            settled.forEach(Runnable::run);
        }
    }

    /** Called when the stream starts anew: what was pending is visible by now, or on another server. */
    void restart() {
        relations.allChanged();
        pending.forEach(commit -> commit.settle().run());
        pending.clear();
        if (overflow != null) {
            overflow.settle().run();
            overflow = null;
        }
    }

    private void outdate(@Nullable RelationIds changed) {
        if (changed == null) {
            relations.allChanged();
        } else {
            relations.changed(changed);
        }
    }
}
