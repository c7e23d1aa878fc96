package dev.hasten.cache;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.IntStream;

/** A set of relations: tables, views and the like, by their object identifiers in PostgreSQL. Immutable. */
public final class RelationIds {
    /** No relations. */
    public static final RelationIds NONE = new RelationIds(new int[0]);

    private final int[] ids;

    private RelationIds(int[] ids) {
        this.ids = ids;
    }

    /** The set of these object identifiers. */
    public static RelationIds of(Collection<Integer> ids) {
        return ids.isEmpty()
                ? NONE
                : new RelationIds(ids.stream()
                        .mapToInt(Integer::intValue)
                        .sorted()
                        .distinct()
                        .toArray());
    }

    /** The number of relations. */
    public int size() {
        return ids.length;
    }

    /** The relation at a position, from 0. */
    public int get(int index) {
        return ids[index];
    }

    /** Whether there are no relations. */
    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** The relations that are in one of the sets. */
    public RelationIds and(RelationIds others) {
        if (isEmpty() || others.isEmpty()) {
            return isEmpty() ? others : this;
        }
        return new RelationIds(IntStream.concat(Arrays.stream(ids), Arrays.stream(others.ids))
                .sorted()
                .distinct()
                .toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RelationIds set && Arrays.equals(ids, set.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
