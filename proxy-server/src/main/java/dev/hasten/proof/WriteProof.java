package dev.hasten.proof;

import dev.hasten.cache.RelationIds;

/** Which relations a statement can write. */
public sealed interface WriteProof {
    /** Nothing. */
    record Nothing() implements WriteProof {}

    /**
     * At most these: the targets with their partitions, and what foreign keys change with them.
     *
     * @param ids may be empty, for a statement that writes only to system catalogs
     */
    record Relations(RelationIds ids) implements WriteProof {}

    /** Not known: for example, a trigger may write other tables. */
    record Unknown() implements WriteProof {}
}
