package dev.hasten.plan;

import dev.hasten.postgres.TypedParameter;
import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds types to the parameters of SQL written by the app, so that PostgreSQL treats them like literals.
 *
 * <p>The query engine of Prisma 5 and 6 declares the types of all values, in
 * {@code quaint/src/connector/postgres/native/conversion.rs}; strings have the type {@code text}. Prisma 7 declares none, and a fraction then fails where
 * PostgreSQL infers an integer: {@code length(name) > ${1.5}}.
 */
final class RawParameters {
    private static final int BOOL = 16;
    private static final int BYTEA = 17;
    private static final int INT8 = 20;
    private static final int INT4 = 23;
    private static final int TEXT = 25;
    private static final int TIMESTAMPTZ = 1184;
    private static final int NUMERIC = 1700;
    private static final int JSONB = 3802;
    private static final int INT4_ARRAY = 1007;
    private static final int INT8_ARRAY = 1016;
    private static final int TEXT_ARRAY = 1009;
    private static final int UNKNOWN = 0;

    private static final Map<Integer, Integer> ARRAYS = Map.of(
            BOOL,
            1000,
            BYTEA,
            1001,
            INT4,
            INT4_ARRAY,
            INT8,
            INT8_ARRAY,
            TIMESTAMPTZ,
            1185,
            NUMERIC,
            1231,
            JSONB,
            3807,
            UNKNOWN,
            0);

    private RawParameters() {}

    /**
     * Adds types to prepared parameters.
     *
     * @param prepared the parameters that {@link Parameters#of} returned for the arguments
     * @param declares whether all types are declared, or only those of fractions
     */
    static List<@Nullable Object> of(
            List<@Nullable Object> prepared,
            List<@Nullable Object> arguments,
            List<ArgumentType> types,
            boolean declares) {
        List<@Nullable Object> typed = new ArrayList<>(prepared.size());
        for (int i = 0; i < prepared.size(); i++) {
            Object argument = arguments.get(i);
            Object parameter = prepared.get(i);
            if (parameter != null && declares) {
                ArgumentType type = i < types.size() ? types.get(i) : ArgumentType.UNKNOWN;
                int oid = type(argument, type);
                typed.add(TypedParameter.withAlternative(parameter, oid, alternative(oid, argument, type)));
            } else if (parameter != null && argument instanceof Double) {
                typed.add(TypedParameter.insteadOfInteger(parameter, NUMERIC));
            } else {
                typed.add(parameter);
            }
        }
        return typed;
    }

    /**
     * The type for a second attempt, which is that of the query engine of Prisma 5 and 6. The first attempt has types
     * that are more useful, because PostgreSQL compares no {@code text} with a {@code uuid} or a date, and has few
     * functions with parameters of type {@code int8}.
     */
    private static int alternative(int oid, @Nullable Object argument, ArgumentType type) {
        return switch (oid) {
            case INT4 -> INT8;
            case INT4_ARRAY -> INT8_ARRAY;
            case UNKNOWN -> type.scalarType().equals("string") ? argument instanceof List ? TEXT_ARRAY : TEXT : UNKNOWN;
            default -> oid;
        };
    }

    private static int type(@Nullable Object argument, ArgumentType type) {
        return switch (argument) {
            case Boolean _ -> BOOL;
            case Long number -> number == number.intValue() ? INT4 : INT8;
            case Number _ -> NUMERIC;
            case String _ ->
                switch (type.scalarType()) {
                    case "bigint" -> INT8;
                    case "decimal" -> NUMERIC;
                    case "datetime" -> TIMESTAMPTZ;
                    case "bytes" -> BYTEA;
                    case "json" -> JSONB;
                    default -> UNKNOWN;
                };
            case List<?> list -> arrayType(list, type);
            case null, default -> UNKNOWN;
        };
    }

    /** The type of an array whose elements have the same type; numbers get one that can hold all of them. */
    private static int arrayType(List<?> list, ArgumentType type) {
        Integer common = null;
        for (Object element : list) {
            if (element == null) {
                continue;
            }
            int next = type(element, type);
            if (common == null || common == next) {
                common = next;
            } else if (isNumber(common) && isNumber(next)) {
                common = common == NUMERIC || next == NUMERIC ? NUMERIC : INT8;
            } else {
                return UNKNOWN;
            }
        }
        return common == null ? UNKNOWN : ARRAYS.getOrDefault(common, UNKNOWN);
    }

    private static boolean isNumber(int type) {
        return type == INT4 || type == INT8 || type == NUMERIC;
    }
}
