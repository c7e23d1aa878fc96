package dev.hasten.dataproxy;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.MeteredParser;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.plan.PlanValues;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/**
 * Creates plans for raw SQL, which needs no compiler. Source: {@code utils/deserializeRawParameters.ts} of Prisma 7.10.
 */
final class RawQueries {
    private static final JsonMapper JSON = JsonMapper.shared();

    private RawQueries() {}

    /**
     * Returns the plan of {@code {"arguments": {"query": SQL, "parameters": "[...]"}}}.
     *
     * @throws ApiError P6000 if the JSON is not such a query
     */
    static ParsedPlan plan(String action, JsonNode query, ParseMeter meter) {
        JsonNode arguments = query.path("arguments");
        JsonNode sql = arguments.path("query");
        if (!sql.isString()) {
            throw ApiError.badRequest("Invalid request body: `query.arguments.query` must be a string with SQL");
        }
        List<PlanValue> values = new ArrayList<>();
        List<ArgumentType> types = new ArrayList<>();
        for (JsonNode parameter : parameters(arguments.path("parameters"), meter)) {
            values.add(PlanValues.of(value(parameter)));
            types.add(new ArgumentType(
                    parameter.isArray(), parameter.isArray() ? elementType(parameter) : type(parameter), null));
        }
        DbQuery raw = new DbQuery.RawSql(sql.stringValue(), values, types, DbQuery.Client.ENGINE);
        // Its SQL identifies it.
        return ParsedPlan.of(action.equals("queryRaw") ? new PlanNode.Query(raw) : new PlanNode.Execute(raw), 0);
    }

    private static JsonNode parameters(JsonNode text, ParseMeter meter) {
        if (text.isMissingNode() || text.isNull()) {
            return JsonNodeFactory.instance.arrayNode();
        }
        try {
            JsonNode parameters = text.isString() ? MeteredParser.parameters(JSON, text.stringValue(), meter) : text;
            // Jackson returns null for an empty text.
            if (parameters != null && parameters.isArray()) {
                return parameters;
            }
        } catch (JacksonException e) {
            // Invalid JSON gets the same error as JSON that is not a list.
        }
        throw ApiError.badRequest(
                "Invalid request body: `query.arguments.parameters` must be a string with a JSON list");
    }

    private static JsonNode value(JsonNode parameter) {
        if (parameter.isArray()) {
            ArrayNode elements = JsonNodeFactory.instance.arrayNode(parameter.size());
            parameter.forEach(element -> elements.add(value(element)));
            return elements;
        }
        if (!parameter.isObject()) {
            return parameter;
        }
        JsonNode tagged = parameter.get("prisma__value");
        if (tagged == null) {
            return StringNode.valueOf(parameter.toString());
        }
        return StringNode.valueOf(tagged.isString() ? tagged.stringValue() : tagged.toString());
    }

    /** Returns {@code unknown} for a list with elements of several types. */
    private static String elementType(JsonNode list) {
        List<String> types = list.valueStream()
                .filter(element -> !element.isNull())
                .map(RawQueries::type)
                .distinct()
                .toList();
        return types.size() == 1 ? types.getFirst() : "unknown";
    }

    private static String type(JsonNode parameter) {
        if (parameter.isNumber()) {
            return "decimal";
        }
        if (parameter.isString()) {
            return "string";
        }
        return switch (parameter.path("prisma__type").asString("")) {
            case "bigint" -> "bigint";
            case "date" -> "datetime";
            case "decimal" -> "decimal";
            case "bytes" -> "bytes";
            default -> parameter.isObject() && !parameter.has("prisma__type") ? "json" : "unknown";
        };
    }
}
