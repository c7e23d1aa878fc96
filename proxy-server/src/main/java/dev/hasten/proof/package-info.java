/**
 * Proofs about statements, from PostgreSQL's planner and catalogs: whether a statement only reads, whether its result
 * depends only on data, which relations it reads, and which relations it can write. See {@link
 * dev.hasten.proof.StatementProof}.
 */
@NullMarked
package dev.hasten.proof;

import org.jspecify.annotations.NullMarked;
