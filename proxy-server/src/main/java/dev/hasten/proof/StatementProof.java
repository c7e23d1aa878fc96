package dev.hasten.proof;

/**
 * What is proved about a statement without running it.
 *
 * <p>PostgreSQL creates a generic plan for the statement, which is valid for all parameters (EXPLAIN of a prepared
 * statement). The plan shows whether rows are written or locked, and most expressions. Expressions that a plan does not
 * print (VALUES lists, LIMIT, window frames) are in the text of the statement or in the rules of its views. The locks of
 * the transaction show every relation: also partitions that the plan prunes, views, and relations that only policies
 * mention.
 *
 * <p>A proof is conservative: what is not understood is not proved. It trusts the declarations in the database: it
 * assumes that functions marked immutable, operators and casts depend only on their arguments.
 */
public record StatementProof(ReadProof reads, WriteProof writes) {}
