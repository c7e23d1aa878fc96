package dev.hasten.postgres;

/**
 * A parameter whose type is declared in some cases.
 *
 * @param value a String or a {@code byte[]}
 * @param oid the type, or 0 for none
 * @param always whether the type is declared in any case, or only where PostgreSQL would infer an integer type
 * @param alternative the type for a second attempt if the statement fails because of this one, or {@code oid} for none
 */
public record TypedParameter(Object value, int oid, boolean always, int alternative) {
    /** A parameter whose type is always declared. */
    public static TypedParameter always(Object value, int oid) {
        return new TypedParameter(value, oid, true, oid);
    }

    /** A parameter whose type is declared where PostgreSQL would infer an integer type. */
    public static TypedParameter insteadOfInteger(Object value, int oid) {
        return new TypedParameter(value, oid, false, oid);
    }

    /** A parameter with a type for a second attempt. */
    public static TypedParameter withAlternative(Object value, int oid, int alternative) {
        return new TypedParameter(value, oid, true, alternative);
    }
}
