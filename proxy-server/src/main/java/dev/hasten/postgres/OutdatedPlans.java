package dev.hasten.postgres;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;

/**
 * Prepared statements whose plan does not fit the schema any more, because a migration has changed it since they were
 * prepared.
 */
final class OutdatedPlans {
    /**
     * Types whose input is shortened or rounded without an error. A statement with such a parameter is not kept
     * prepared: if a migration changes the type of the column, new values must not be converted to the old type first.
     */
    private static final Set<Integer> CUTTING_TYPES = Set.of(
            18, // "char"
            19, // name
            700, // float4
            790, // money
            1042, // char(n)
            1082, // date
            1083, // time
            1266, // timetz
            1560); // bit

    private OutdatedPlans() {}

    /**
     * Whether a migration may have caused the error by making a plan outdated. There are three cases: the result type
     * has changed (0A000), the statement no longer exists (26000), or the types of its parameters, which were
     * determined when it was prepared, do not match the new columns (classes 22 and 42, except for errors from inside a
     * function). A failed statement outside of a transaction has had no effect, unless it is a CALL or DO, so retrying
     * it once with a new plan is safe.
     */
    static boolean mayCause(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        return state.startsWith("0A")
                || state.startsWith("26")
                || ((state.startsWith("42") || state.startsWith("22")) && !DatabaseErrors.comesFromFunction(error));
    }

    /** Whether an outdated plan could change values of these parameter types without an error. */
    static boolean mayChangeParameters(int[] types) {
        return Arrays.stream(types).anyMatch(CUTTING_TYPES::contains);
    }
}
