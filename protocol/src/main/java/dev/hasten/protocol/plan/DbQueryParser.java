package dev.hasten.protocol.plan;

import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import dev.hasten.protocol.plan.DbQuery.Fragment;
import dev.hasten.protocol.plan.DbQuery.PlaceholderFormat;
import dev.hasten.protocol.plan.DbQuery.TemplateArgumentType;
import dev.hasten.protocol.plan.DbQuery.TupleType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses the statements of a plan. */
final class DbQueryParser {
    private DbQueryParser() {}

    static DbQuery parse(JsonChecks json) {
        String type = json.text("type");
        List<PlanValue> arguments = json.get("args").list(argument -> PlanValues.of(argument.node()));
        return switch (type) {
            case "rawSql" ->
                new DbQuery.RawSql(
                        json.text("sql"),
                        arguments,
                        json.has("argTypes") ? json.get("argTypes").list(DbQueryParser::argumentType) : List.of(),
                        DbQuery.Client.PRISMA_7);
            case "templateSql" -> {
                List<Fragment> fragments = json.get("fragments").list(DbQueryParser::fragment);
                PlaceholderFormat placeholders = new PlaceholderFormat(
                        json.get("placeholderFormat").text("prefix"),
                        json.get("placeholderFormat").flag("hasNumbering"));
                yield new DbQuery.TemplateSql(
                        fragments,
                        placeholders,
                        arguments,
                        json.get("argTypes").list(DbQueryParser::templateArgumentType),
                        json.flag("chunkable"),
                        fixedSql(fragments, placeholders, arguments.size()));
            }
            default -> throw json.unknown("statement type", type);
        };
    }

    private static Fragment fragment(JsonChecks json) {
        String type = json.text("type");
        return switch (type) {
            case "stringChunk" -> new Fragment.Text(json.text("chunk"));
            case "parameter" -> new Fragment.Parameter();
            case "parameterTuple" ->
                new Fragment.ParameterTuple(
                        json.text("itemPrefix"), json.text("itemSeparator"), json.text("itemSuffix"));
            case "parameterTupleList" ->
                new Fragment.ParameterTupleList(
                        json.text("itemPrefix"),
                        json.text("itemSeparator"),
                        json.text("itemSuffix"),
                        json.text("groupSeparator"));
            default -> throw json.unknown("SQL fragment type", type);
        };
    }

    private static TemplateArgumentType templateArgumentType(JsonChecks json) {
        return json.text("arity").equals("tuple")
                ? new TupleType(json.get("elements").list(DbQueryParser::argumentType))
                : argumentType(json);
    }

    private static ArgumentType argumentType(JsonChecks json) {
        return new ArgumentType(
                json.text("arity").equals("list"),
                json.text("scalarType"),
                json.has("dbType") ? json.text("dbType") : null);
    }

    private static @Nullable String fixedSql(
            List<Fragment> fragments, PlaceholderFormat placeholders, int argumentCount) {
        StringBuilder sql = new StringBuilder();
        int parameters = 0;
        for (Fragment fragment : fragments) {
            switch (fragment) {
                case Fragment.Text text -> sql.append(text.sql());
                case Fragment.Parameter _ -> placeholders.append(sql, ++parameters);
                case Fragment.ParameterTuple _, Fragment.ParameterTupleList _ -> {
                    return null;
                }
            }
        }
        return parameters == argumentCount ? sql.toString() : null;
    }
}
