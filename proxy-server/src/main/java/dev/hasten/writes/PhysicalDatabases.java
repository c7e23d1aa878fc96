package dev.hasten.writes;

import dev.hasten.cache.RelationGenerations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which configured databases are the same database of the same server. Changes through one of them then also outdate
 * what is cached for the others. Thread-safe.
 */
public final class PhysicalDatabases {
    private static final Logger LOG = LoggerFactory.getLogger(PhysicalDatabases.class);

    private final Map<String, String> identities = new HashMap<>();
    private final Map<String, Member> members = new HashMap<>();

    private record Member(String name, RelationGenerations relations, Consumer<String> schemaChanged) {}

    /**
     * Adds a configured database.
     *
     * @param schemaChanged called with a reason when the schema may have changed, or the name refers to another database
     *     than before
     */
    public synchronized void add(String name, RelationGenerations relations, Consumer<String> schemaChanged) {
        Member member = new Member(name, relations, schemaChanged);
        members.put(name, member);
        link(member);
    }

    /**
     * Called for each new connection, before it is used.
     *
     * @param identity see {@link dev.hasten.postgres.ConnectionPool}
     */
    public void identified(String name, String identity) {
        String before;
        Member member;
        synchronized (this) {
            before = identities.put(name, identity);
            member = members.get(name);
            if (identity.equals(before) || member == null) {
                return;
            }
            link(member);
        }
        if (identity.isEmpty()) {
            LOG.warn(
                    "the role of database {} may not call pg_control_system(); if another configured database is the same"
                            + " one, its writes do not outdate cached responses of this one",
                    name);
        } else if (before != null && !before.isEmpty()) {
            LOG.warn("{} is now another database of PostgreSQL; cached responses are not used any more", name);
            member.schemaChanged().accept("the URL leads to another database than before");
        }
    }

    private void link(Member member) {
        others(member).forEach(other -> member.relations().link(other.relations()));
    }

    /** Whether the connections of this name belong to the database with this identity; true if that is not known. */
    public synchronized boolean isSame(String name, String identity) {
        String known = identities.getOrDefault(name, "");
        return known.isEmpty() || known.equals(identity);
    }

    /**
     * Called when the schema of the database with this name may have changed.
     *
     * @param by who noticed it, for operators
     */
    public void schemaChanged(String name, String by) {
        List<Member> affected;
        synchronized (this) {
            Member member = members.get(name);
            affected = member == null ? List.of() : new ArrayList<>(others(member));
            if (member != null) {
                affected.add(member);
            }
        }
        affected.forEach(member -> member.schemaChanged().accept(by));
    }

    /** Returns the other names of the same database. */
    private List<Member> others(Member member) {
        String identity = identities.getOrDefault(member.name(), "");
        return identity.isEmpty()
                ? List.of()
                : members.values().stream()
                        .filter(other -> !other.equals(member) && identity.equals(identities.get(other.name())))
                        .toList();
    }
}
