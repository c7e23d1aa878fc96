package dev.hasten.postgres;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a session has learned about statements whose parameters may need a declared type. A second attempt in a
 * transaction needs a savepoint, so each statement gets one only until its choice is known. Not thread-safe, like its
 * session.
 */
final class TypeChoices {
    /** Longer texts (in characters) are not remembered. */
    private static final int MAX_LENGTH = 4096;

    private static final int CAPACITY = 128;

    /**
     * PostgreSQL cannot infer the type of a parameter: indeterminate_datatype, ambiguous_parameter, datatype_mismatch
     * (for polymorphic functions), ambiguous_function.
     */
    private static final Set<String> UNKNOWN_TYPE = Set.of("42P18", "42P08", "42804", "42725");

    private static final String OUT_OF_RANGE = "22003";

    private final Map<String, Choice> choices = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Choice> eldest) {
            return size() > CAPACITY;
        }
    };

    /** Whether the parameters that have no type need their alternative. */
    enum Choice {
        UNKNOWN,
        NO_TYPES,
        ALTERNATIVES
    }

    Choice of(String key) {
        return choices.getOrDefault(key, Choice.UNKNOWN);
    }

    void learn(String key, Choice choice) {
        if (key.length() <= MAX_LENGTH) {
            choices.put(key, choice);
        }
    }

    void forget(String key) {
        choices.remove(key);
    }

    /** Whether a type for the parameters that have none may prevent the error. */
    static boolean needsType(SQLException error) {
        return UNKNOWN_TYPE.contains(String.valueOf(error.getSQLState())) && !DatabaseErrors.comesFromFunction(error);
    }

    /** Whether a larger type for the parameters that have one may prevent the error. */
    static boolean needsLargerType(SQLException error) {
        return OUT_OF_RANGE.equals(error.getSQLState()) && !DatabaseErrors.comesFromFunction(error);
    }
}
