package dev.hasten.stream;

import dev.hasten.cache.RelationIds;
import dev.hasten.postgres.ChangeFeed;
import dev.hasten.postgres.ChangeFeedException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Collects the relations of each transaction in the stream, which names them as they were called at the time of the
 * change. A transaction without changes has probably changed the schema, so names may refer to other tables from
 * then on.
 */
final class TransactionDecoder {
    private final CommitLog commits;
    private final ChangeFeed feed;
    private Map<String, Integer> names = Map.of();
    private String fingerprint = "";
    /** Names of changes before this position may refer to other tables than now. */
    private long trustedFrom;

    private final Set<Integer> changed = new HashSet<>();
    private boolean empty = true;
    private boolean unknown;
    private boolean mustCheck;
    private boolean schemaSuspected;

    TransactionDecoder(CommitLog commits, ChangeFeed feed) throws ChangeFeedException {
        this.commits = commits;
        this.feed = feed;
        checkNames();
    }

    void message(DecodedMessage message) throws ChangeFeedException {
        switch (message) {
            case DecodedMessage.Begin() -> {
                changed.clear();
                empty = true;
                unknown = false;
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
                schemaSuspected |= prefix.equals("hasten");
            }
            case DecodedMessage.Commit(int transaction) -> committed(transaction);
        }
    }

    private void changed(String table) {
        Integer id = names.get(table);
        if (id == null) {
            unknown = true;
        } else {
            changed.add(id);
        }
    }

    private void committed(int transaction) throws ChangeFeedException {
        if (!empty) {
            boolean trusted = !unknown && feed.received() >= trustedFrom;
            commits.delivered(transaction, trusted ? RelationIds.of(changed) : null);
        }
        if (empty || unknown) {
            schemaSuspected = true;
            mustCheck = true;
        }
        if (mustCheck) {
            checkNames();
        }
    }

    /** Reads the names of the tables again if they have changed. */
    void checkNames() throws ChangeFeedException {
        mustCheck = false;
        String current = feed.namesFingerprint();
        while (!current.equals(fingerprint)) {
            fingerprint = current;
            names = feed.names();
            current = feed.namesFingerprint();
            trustedFrom = feed.snapshot().position();
        }
    }

    /** Whether the schema may have changed since the last call. */
    boolean takeSchemaSuspicion() {
        boolean suspected = schemaSuspected;
        schemaSuspected = false;
        return suspected;
    }
}
