package dev.hasten.writes;

import dev.hasten.cache.RelationIds;

/** What a statement can change, as far as it is known before it runs. */
public sealed interface StatementEffect {
    /** Nothing that can be cached. */
    record Nothing() implements StatementEffect {}

    /**
     * At most these relations.
     *
     * @param schemaEpoch the schema epoch of the proof; in another one, the statement may change others
     */
    record Relations(RelationIds ids, long schemaEpoch) implements StatementEffect {}

    /**
     * Any relation. The locks of its transaction show which, so it must run in one.
     *
     * @param strong whether the statement itself takes stronger locks than INSERT, UPDATE and DELETE
     */
    record Locked(boolean strong) implements StatementEffect {}

    /**
     * Anything, at once: it may commit by itself, or cannot run in a transaction.
     *
     * @param schema whether it may change the schema
     */
    record Everything(boolean schema) implements StatementEffect {}

    /** Whether the statement must run in a transaction, so that its locks can be listed before the commit. */
    default boolean needsTransaction() {
        return this instanceof Locked;
    }
}
