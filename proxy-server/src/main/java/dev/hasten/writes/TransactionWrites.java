package dev.hasten.writes;

import dev.hasten.cache.RelationIds;
import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.WrittenRelations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The writes of one transaction. Used by one thread at a time. */
public final class TransactionWrites {
    /** How many statements without a proof are remembered to prove them after the commit. */
    private static final int MOST_UNPROVED = 32;

    private final WriteTracking tracking;
    private final boolean enabled;
    private final List<ParsedStatement> unproved = new ArrayList<>();
    private RelationIds proved = RelationIds.NONE;
    /** The schema epoch of the first proof; the largest number if there is none. */
    private long schemaEpoch = Long.MAX_VALUE;

    private boolean mustSearch;
    /** Whether a statement takes strong locks although it does not change the schema. */
    private boolean locksStrongly;
    /** The effect of statements that change anything, in addition to {@link #proved}. */
    private StatementEffect other = Effects.NOTHING;

    TransactionWrites(WriteTracking tracking, boolean enabled) {
        this.tracking = tracking;
        this.enabled = enabled;
    }

    /** Runs a statement of the transaction. */
    public <T> T tracked(ParsedStatement sql, Lease lease, Supplier<T> work) {
        if (!enabled) {
            return work.get();
        }
        StatementEffect effect = tracking.knownEffectOf(sql, lease);
        add(sql, effect, lease);
        if (effect instanceof StatementEffect.Everything) {
            // It may end the transaction or commit a part of it, with everything that was done before.
            return tracking.tracked(other, lease, work);
        }
        return work.get();
    }

    private void add(ParsedStatement sql, StatementEffect effect, Lease lease) {
        switch (effect) {
            case StatementEffect.Nothing() -> {}
            case StatementEffect.Relations(RelationIds ids, long epoch) -> {
                schemaEpoch = Math.min(epoch, schemaEpoch);
                proved = proved.and(ids);
            }
            case StatementEffect.Locked(boolean strong) -> {
                mustSearch = true;
                locksStrongly |= strong;
                if (WriteTracking.isProvable(sql, lease) && unproved.size() < MOST_UNPROVED) {
                    unproved.add(sql);
                }
            }
            case StatementEffect.Everything everything -> {
                boolean schema = other instanceof StatementEffect.Everything(boolean before) && before;
                other = schema ? other : everything;
            }
        }
    }

    /**
     * Commits the transaction and outdates what it has written. If the commit fails, the transaction is rolled back and
     * nothing is outdated. If the connection is lost, the outcome is unknown.
     */
    public void commit(Lease lease, Cancellation cancellation) {
        boolean done = false;
        RelationIds written = proved;
        StatementEffect anything = other;
        try {
            if (mustSearch && !lease.isFailed() && !lease.isIdle()) {
                if (tracking.maySearch() && other.equals(Effects.NOTHING)) {
                    // Until the list has arrived, the outcome can only be unknown for everything.
                    anything = Effects.DATA;
                    WrittenRelations locked = lease.commitReporting(cancellation);
                    tracking.searched(locked.searchTime());
                    written = written.and(RelationIds.of(locked.ids()));
                    // A function of the statement has probably changed the schema.
                    anything =
                            (locked.strong() && !locksStrongly) || locked.catalogs() ? Effects.SCHEMA : Effects.NOTHING;
                } else {
                    anything = other.equals(Effects.NOTHING) ? Effects.DATA : other;
                    lease.commit(cancellation);
                }
            } else {
                lease.commit(cancellation);
            }
            done = true;
        } finally {
            if (enabled && (done || lease.isLost())) {
                long epoch = Math.min(schemaEpoch, tracking.schemaEpoch());
                tracking.outdate(new StatementEffect.Relations(written, epoch), lease);
                tracking.outdate(anything, lease);
            }
        }
        if (enabled && !unproved.isEmpty()) {
            tracking.proveLater(unproved);
        }
    }

    /**
     * Called if the transaction ended without {@link #commit}: by a statement of the client, or because the connection
     * broke.
     */
    public void ended(Lease lease) {
        if (enabled && !other.equals(Effects.NOTHING)) {
            tracking.outdate(other, lease);
        }
    }
}
