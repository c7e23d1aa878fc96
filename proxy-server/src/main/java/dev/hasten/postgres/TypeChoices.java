package dev.hasten.postgres;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which types a session declares for the parameters of a statement that has alternatives. A second attempt costs a round
 * trip, and in a transaction a savepoint, so the session remembers the choice that has worked. Not thread-safe, like its
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

    private final Map<String, Choice> choices = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Choice> eldest) {
            return size() > CAPACITY;
        }
    };

    enum Choice {
        /** The types of the first attempt. */
        FIRST,
        /** The parameters that have no type in the first attempt get their alternative. */
        UNDECLARED,
        /** All parameters get their alternative. */
        ALL
    }

    /** Returns null if the statement has not succeeded yet. */
    @Nullable
    Choice of(String key) {
        return choices.get(key);
    }

    /** Whether the text is short enough to be remembered. */
    static boolean isRemembered(String key) {
        return key.length() <= MAX_LENGTH;
    }

    void learn(String key, Choice choice) {
        if (isRemembered(key)) {
            choices.put(key, choice);
        }
    }

    void forget(String key) {
        choices.remove(key);
    }

    /** The choice that may prevent the error of an attempt; null if none does. */
    static @Nullable Choice after(Choice attempt, SQLException error) {
        if (DatabaseErrors.comesFromFunction(error)) {
            return null;
        }
        if (attempt == Choice.FIRST && UNKNOWN_TYPE.contains(String.valueOf(error.getSQLState()))) {
            return Choice.UNDECLARED;
        }
        return attempt != Choice.ALL && OUT_OF_RANGE.equals(error.getSQLState()) ? Choice.ALL : null;
    }
}
