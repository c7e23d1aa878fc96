package dev.hasten.stream;

import dev.hasten.cache.RelationIds;
import dev.hasten.postgres.ChangeFeed;
import dev.hasten.postgres.ChangeFeedException;
import dev.hasten.postgres.EventTriggers;
import dev.hasten.postgres.LogSnapshot;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Collects the relations of each transaction in the stream, which names them as they were called at the time of the
 * change. Some transactions may have changed the schema: those without changes of data, those that write to the table of
 * Prisma Migrate, and those with a message of Hasten's event trigger. When a snapshot shows that such a transaction is
 * visible, the names are read again, and if they differ, everything is outdated. That is early enough: a later
 * transaction can use the new names only when it sees the change, so a probe that covers the later one sees it, too.
 */
final class TransactionDecoder {
    private static final String PRISMA_MIGRATIONS = "._prisma_migrations";

    /** With more, the stream restarts. */
    private static final int MOST_SUSPECTS = 10_000;

    private final CommitLog commits;
    private final ChangeFeed feed;
    /** Transactions that may have changed the schema and are not known to be visible. */
    private final Set<Integer> suspects = new HashSet<>();

    private Map<String, Integer> names = Map.of();
    private String fingerprint = "";
    /** The names that a transaction uses which began before this position may refer to other tables than now. */
    private long trustedFrom;

    private final Set<Integer> changed = new HashSet<>();
    private long began;
    private boolean empty = true;
    private boolean unknown;
    private boolean suspect;

    TransactionDecoder(CommitLog commits, ChangeFeed feed) throws ChangeFeedException {
        this.commits = commits;
        this.feed = feed;
        var _ = checkNames();
    }

    void message(DecodedMessage message) throws ChangeFeedException {
        switch (message) {
            case DecodedMessage.Begin() -> {
                changed.clear();
                began = feed.messagePosition();
                empty = true;
                unknown = false;
                suspect = false;
            }
            case DecodedMessage.Change(var tables) -> {
                empty = false;
                tables.forEach(this::changed);
            }
            case DecodedMessage.Unknown() -> {
                empty = false;
                unknown = true;
            }
            case DecodedMessage.Emitted(String prefix) -> {
                empty = false;
                suspect |= prefix.equals(EventTriggers.MESSAGE_PREFIX);
            }
            case DecodedMessage.Commit(int transaction) -> committed(transaction);
        }
    }

    private void changed(String table) {
        suspect |= table.endsWith(PRISMA_MIGRATIONS);
        Integer id = names.get(table);
        if (id == null) {
            unknown = true;
        } else {
            changed.add(id);
        }
    }

    private void committed(int transaction) throws ChangeFeedException {
        if (!empty) {
            boolean trusted = !unknown && began >= trustedFrom;
            commits.delivered(transaction, trusted ? RelationIds.of(changed) : null, feed.messagePosition());
        }
        if (empty || unknown || suspect) {
            if (suspects.size() >= MOST_SUSPECTS) {
                throw new ChangeFeedException("too many transactions may have changed the schema");
            }
            suspects.add(transaction);
        }
    }

    /** Whether a transaction that may have changed the schema is not known to be visible. */
    boolean awaitsSchemaChange() {
        return !suspects.isEmpty();
    }

    /**
     * Called with a snapshot that was taken after the last commit was delivered.
     *
     * @return whether a transaction that may have changed the schema became visible; the names must be checked then
     */
    boolean visible(LogSnapshot snapshot) {
        return suspects.removeIf(snapshot::sees);
    }

    /**
     * Reads the names of the tables again if they have changed.
     *
     * @return whether they have
     */
    boolean checkNames() throws ChangeFeedException {
        String current = feed.namesFingerprint();
        boolean differs = !current.equals(fingerprint);
        while (!current.equals(fingerprint)) {
            fingerprint = current;
            names = feed.names();
            current = feed.namesFingerprint();
            trustedFrom = feed.snapshot().position();
        }
        return differs;
    }
}
