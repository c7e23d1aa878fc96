package dev.hasten.postgres;

import dev.hasten.postgres.TypeChoices.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The declared types of a statement's parameters. */
final class ParameterTypes {
    /** int8, int2 and int4. */
    private static final Set<Integer> INTEGERS = Set.of(20, 21, 23);

    /**
     * First words of statements that assign no parameter to a column. An assignment would round a fraction to an integer
     * without an error.
     */
    private static final Set<String> WITHOUT_ASSIGNMENTS = Set.of("select", "delete", "values");

    private ParameterTypes() {}

    /** Whether a parameter's type depends on what PostgreSQL infers. */
    static boolean areUndecided(List<? extends @Nullable Object> parameters) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i) instanceof TypedParameter typed && !typed.always()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a choice gives a parameter another type than the first attempt. */
    static boolean haveAlternatives(List<? extends @Nullable Object> parameters, Choice choice) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i) instanceof TypedParameter typed && typed.oid() != of(typed, choice)) {
                return true;
            }
        }
        return false;
    }

    /** The same parameters with the types of a choice. */
    static List<? extends @Nullable Object> of(List<? extends @Nullable Object> parameters, Choice choice) {
        if (choice == Choice.FIRST) {
            return parameters;
        }
        List<@Nullable Object> chosen = new ArrayList<>(parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            Object parameter = parameters.get(i);
            chosen.add(
                    parameter instanceof TypedParameter typed
                            ? TypedParameter.always(typed.value(), of(typed, choice))
                            : parameter);
        }
        return chosen;
    }

    private static int of(TypedParameter parameter, Choice choice) {
        return switch (choice) {
            case FIRST -> parameter.oid();
            case UNDECLARED -> parameter.oid() == 0 ? parameter.alternative() : parameter.oid();
            case ALL -> parameter.alternative();
        };
    }

    /** Whether a type may be declared for a fraction in this statement. */
    static boolean mayDeclareFractions(ParsedStatement text) {
        return WITHOUT_ASSIGNMENTS.contains(text.command());
    }

    /** The same parameters; those that are not always typed have no type. */
    static List<@Nullable Object> always(List<? extends @Nullable Object> parameters) {
        return decided(parameters, new int[parameters.size()]);
    }

    /** The same parameters; those that are not always typed have a type where PostgreSQL has inferred an integer type. */
    static List<@Nullable Object> decided(List<? extends @Nullable Object> parameters, int[] inferred) {
        List<@Nullable Object> decided = new ArrayList<>(parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            Object parameter = parameters.get(i);
            decided.add(
                    parameter instanceof TypedParameter typed && !typed.always() && !INTEGERS.contains(inferred[i])
                            ? typed.value()
                            : parameter);
        }
        return decided;
    }

    /** The key of a prepared statement: its text and its declared types. */
    static String key(String sql, List<? extends @Nullable Object> parameters) {
        StringBuilder key = null;
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i) instanceof TypedParameter typed && typed.oid() != 0) {
                key = key == null ? new StringBuilder(sql) : key;
                // SQL contains no NUL.
                key.append('\0').append(i).append(':').append(typed.oid());
            }
        }
        return key == null ? sql : key.toString();
    }
}
