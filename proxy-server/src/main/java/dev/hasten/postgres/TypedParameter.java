package dev.hasten.postgres;

/**
 * A parameter of a declared type.
 *
 * @param value a String or a {@code byte[]}
 * @param oid the type
 * @param always whether the type is declared in any case, or only where PostgreSQL would infer an integer type
 */
public record TypedParameter(Object value, int oid, boolean always) {}
