package dev.hasten.protocol.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a plan, before its parameters are known. */
public sealed interface DbQuery {

    /** Values for the statement's parameters, in order. */
    List<PlanValue> arguments();

    /** SQL that the app wrote; {@code $n} may repeat and come in any order. */
    record RawSql(String sql, List<PlanValue> arguments, List<ArgumentType> argumentTypes) implements DbQuery {}

    /**
     * SQL that the query compiler made.
     *
     * @param fixedSql the whole SQL when no fragment depends on how many values an argument has, else null
     * @param chunkable whether the statement may be split when it has too many parameters
     */
    record TemplateSql(
            List<Fragment> fragments,
            PlaceholderFormat placeholders,
            List<PlanValue> arguments,
            List<TemplateArgumentType> argumentTypes,
            boolean chunkable,
            @Nullable String fixedSql)
            implements DbQuery {}

    /** How placeholders look: {@code $1, $2} is prefix {@code $} with numbering. */
    record PlaceholderFormat(String prefix, boolean numbered) {
        void append(StringBuilder sql, int number) {
            sql.append(prefix);
            if (numbered) {
                sql.append(number);
            }
        }
    }

    /** A piece of a template. */
    sealed interface Fragment {
        /** Verbatim SQL. */
        record Text(String sql) implements Fragment {}

        /** One parameter. */
        record Parameter() implements Fragment {}

        /** {@code (a, b, c)} from a list; {@code (NULL)} from an empty one. */
        record ParameterTuple(String itemPrefix, String itemSeparator, String itemSuffix) implements Fragment {}

        /** {@code (a, b), (c, d)} from a list of lists, which must not be empty. */
        record ParameterTupleList(String itemPrefix, String itemSeparator, String itemSuffix, String groupSeparator)
                implements Fragment {}
    }

    /** The declared type of an argument, or of the elements of each tuple. */
    sealed interface TemplateArgumentType permits ArgumentType, TupleType {}

    /** Types of the elements of each tuple. */
    record TupleType(List<ArgumentType> elements) implements TemplateArgumentType {}

    /**
     * The declared type of a parameter.
     *
     * @param list whether the value is a list of the scalar type
     * @param scalarType such as {@code datetime} or {@code bytes}
     * @param dbType the native type such as {@code DATE} or {@code TIME}, null when not said
     */
    record ArgumentType(
            boolean list, String scalarType, @Nullable String dbType) implements TemplateArgumentType {
        /** For arguments that come without a type. */
        public static final ArgumentType UNKNOWN = new ArgumentType(false, "unknown", null);
    }
}
