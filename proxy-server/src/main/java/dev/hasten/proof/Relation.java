package dev.hasten.proof;

/**
 * A table, partition, view, materialized view, foreign table or sequence that a statement uses.
 *
 * @param id its object identifier
 * @param kind {@code pg_class.relkind}
 * @param persistence {@code pg_class.relpersistence}
 */
public record Relation(int id, char kind, char persistence, String schema, String name) {
    boolean isView() {
        return kind == 'v';
    }

    boolean isForeign() {
        return kind == 'f';
    }

    boolean isSequence() {
        return kind == 'S';
    }

    boolean isMaterializedView() {
        return kind == 'm';
    }

    boolean isUnlogged() {
        return persistence == 'u';
    }

    boolean isTemporary() {
        return persistence == 't';
    }
}
