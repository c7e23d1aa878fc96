package dev.hasten.plan;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParameterLimit;
import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import dev.hasten.protocol.plan.DbQuery.Fragment;
import dev.hasten.protocol.plan.DbQuery.TemplateArgumentType;
import dev.hasten.protocol.plan.DbQuery.TupleType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Renders a plan's query and its evaluated arguments as statements ({@code interpreter/render-query.ts}).
 *
 * <p>A statement with more parameters than PostgreSQL's protocol allows (65535) is split at its largest list, if the
 * plan allows it, into statements of at most 32766 parameters. Prisma's local engine splits above 32766 parameters. The
 * official executor and Hasten do not split a statement that PostgreSQL accepts, so that it keeps its order and
 * atomicity.
 */
final class QueryRenderer {
    /** Maximum number of parameters of a statement that was split. */
    private static final int CHUNK_PARAMETERS = 32766;

    private QueryRenderer() {}

    /** A statement, with a value and a type for each of its parameters. */
    record Rendered(String sql, List<@Nullable Object> arguments, List<ArgumentType> types) {}

    static List<Rendered> render(DbQuery query, Bindings bindings) {
        bindings.budget().elements(query.arguments().size());
        List<@Nullable Object> arguments = new ArrayList<>(query.arguments().size());
        query.arguments().forEach(argument -> arguments.add(bindings.evaluate(argument)));
        return switch (query) {
            case DbQuery.RawSql raw -> List.of(new Rendered(raw.sql(), arguments, raw.argumentTypes()));
            case DbQuery.TemplateSql template -> template(template, arguments, bindings);
        };
    }

    private static List<Rendered> template(
            DbQuery.TemplateSql template, List<@Nullable Object> arguments, Bindings bindings) {
        String fixed = template.fixedSql();
        if (fixed != null && allScalar(template.argumentTypes())) {
            return List.of(new Rendered(fixed, arguments, scalarTypes(template.argumentTypes())));
        }
        List<List<@Nullable Object>> chunks = template.chunkable()
                ? Chunks.of(
                        template.fragments(), arguments, ParameterLimit.PARAMETERS, CHUNK_PARAMETERS, bindings.budget())
                : List.of(arguments);
        List<Rendered> statements = new ArrayList<>(chunks.size());
        for (List<@Nullable Object> chunk : chunks) {
            Rendered rendered = statement(template, chunk, bindings.budget());
            if (rendered.arguments().size() > ParameterLimit.PARAMETERS) {
                throw ApiError.of(400, "P2029", "The query parameter limit supported by your database is exceeded.");
            }
            statements.add(rendered);
        }
        return statements;
    }

    private static boolean allScalar(List<TemplateArgumentType> types) {
        for (TemplateArgumentType type : types) {
            if (type instanceof TupleType) {
                return false;
            }
        }
        return true;
    }

    private static List<ArgumentType> scalarTypes(List<TemplateArgumentType> types) {
        List<ArgumentType> scalars = new ArrayList<>(types.size());
        for (TemplateArgumentType type : types) {
            scalars.add((ArgumentType) type);
        }
        return scalars;
    }

    private static Rendered statement(DbQuery.TemplateSql template, List<@Nullable Object> arguments, Budget budget) {
        StringBuilder sql = new StringBuilder();
        List<@Nullable Object> values = new ArrayList<>();
        List<ArgumentType> types = new ArrayList<>();
        int index = 0;
        for (Fragment fragment : template.fragments()) {
            if (fragment instanceof Fragment.Text text) {
                // A statement that is split into chunks repeats its text fragments.
                budget.sql(text.sql().length());
                sql.append(text.sql());
                continue;
            }
            Object argument = argument(arguments, index);
            if (index >= template.argumentTypes().size()) {
                throw new PlanFailure("Malformed query template. There are fewer argument types than arguments.");
            }
            budget.sql(length(fragment, argument));
            int before = values.size();
            switch (fragment) {
                case Fragment.Text _ -> throw new AssertionError();
                case Fragment.Parameter _ -> parameter(template, sql, values, argument);
                case Fragment.ParameterTuple tuple -> {
                    List<@Nullable Object> elements = JsValues.asList(argument);
                    sql.append(elements.isEmpty() ? "(NULL" : "(");
                    list(
                            template,
                            sql,
                            values,
                            elements,
                            tuple.itemPrefix(),
                            tuple.itemSeparator(),
                            tuple.itemSuffix());
                    sql.append(')');
                }
                case Fragment.ParameterTupleList tuples -> tupleList(template, sql, values, tuples, argument);
            }
            addTypes(types, template.argumentTypes().get(index), values.size() - before);
            index++;
        }
        return new Rendered(sql.toString(), values, types);
    }

    /** Estimates how many characters of SQL a fragment becomes. */
    private static long length(Fragment fragment, @Nullable Object argument) {
        return switch (fragment) {
            case Fragment.Text _ -> throw new AssertionError();
            case Fragment.Parameter _ -> 6;
            case Fragment.ParameterTuple tuple ->
                (6L
                                + tuple.itemPrefix().length()
                                + tuple.itemSeparator().length()
                                + tuple.itemSuffix().length())
                        * JsValues.asList(argument).size();
            case Fragment.ParameterTupleList tuples ->
                Chunks.tuples(argument).stream()
                                .mapToLong(tuple -> (6L + tuples.itemSeparator().length()) * tuple.size())
                                .sum()
                        + (long) (tuples.itemPrefix().length()
                                        + tuples.itemSuffix().length()
                                        + tuples.groupSeparator().length())
                                * JsValues.asList(argument).size();
        };
    }

    private static void parameter(
            DbQuery.TemplateSql template, StringBuilder sql, List<@Nullable Object> values, @Nullable Object value) {
        values.add(value);
        sql.append(template.placeholders().prefix());
        if (template.placeholders().numbered()) {
            sql.append(values.size());
        }
    }

    private static void list(
            DbQuery.TemplateSql template,
            StringBuilder sql,
            List<@Nullable Object> values,
            List<@Nullable Object> elements,
            String prefix,
            String separator,
            String suffix) {
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                sql.append(separator);
            }
            sql.append(prefix);
            parameter(template, sql, values, elements.get(i));
            sql.append(suffix);
        }
    }

    private static void tupleList(
            DbQuery.TemplateSql template,
            StringBuilder sql,
            List<@Nullable Object> values,
            Fragment.ParameterTupleList format,
            @Nullable Object argument) {
        List<List<@Nullable Object>> tuples = Chunks.tuples(argument);
        for (int i = 0; i < tuples.size(); i++) {
            if (i > 0) {
                sql.append(format.groupSeparator());
            }
            sql.append(format.itemPrefix());
            list(template, sql, values, tuples.get(i), "", format.itemSeparator(), "");
            sql.append(format.itemSuffix());
        }
    }

    private static void addTypes(List<ArgumentType> types, TemplateArgumentType type, int count) {
        switch (type) {
            case ArgumentType scalar -> {
                for (int i = 0; i < count; i++) {
                    types.add(scalar);
                }
            }
            case TupleType tuple -> {
                if (tuple.elements().isEmpty() || count % tuple.elements().size() != 0) {
                    throw new PlanFailure(
                            "Malformed query template. Expected the number of parameters to match the tuple arity, but got "
                                    + count + " parameters for a tuple of arity "
                                    + tuple.elements().size() + ".");
                }
                for (int i = 0; i < count; i += tuple.elements().size()) {
                    types.addAll(tuple.elements());
                }
            }
        }
    }

    static @Nullable Object argument(List<@Nullable Object> arguments, int index) {
        if (index >= arguments.size()) {
            throw new PlanFailure(
                    "Malformed query template. Fragments attempt to read over " + arguments.size() + " parameters.");
        }
        return arguments.get(index);
    }
}
