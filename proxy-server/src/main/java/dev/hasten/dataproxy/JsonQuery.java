package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A query from a client.
 *
 * @param model null for raw SQL
 * @param json the whole query, for the compiler
 */
record JsonQuery(@Nullable String model, String action, JsonNode json) {
    private static final Set<String> OF_SQL = Set.of("queryRaw", "executeRaw");

    private static final Set<String> OF_MODELS = Set.of(
            "findUnique",
            "findUniqueOrThrow",
            "findFirst",
            "findFirstOrThrow",
            "findMany",
            "aggregate",
            "groupBy",
            "createOne",
            "createMany",
            "createManyAndReturn",
            "updateOne",
            "updateMany",
            "updateManyAndReturn",
            "upsertOne",
            "deleteOne",
            "deleteMany");

    /**
     * Reads {@code {modelName?, action, query}}.
     *
     * @throws ApiError P6000 if the JSON is not such a query, and P2009 if the action is unknown
     */
    static JsonQuery of(JsonNode json) {
        if (json.path("query").isString()) {
            throw ApiError.badRequest(
                    "Invalid request body: GraphQL, which clients before Prisma 5 send, is not supported; a query must"
                            + " be a JSON object with `action` and `query`");
        }
        JsonNode action = json.path("action");
        JsonNode model = json.path("modelName");
        if (!action.isString() || !json.path("query").isObject() || !(isAbsent(model) || model.isString())) {
            throw ApiError.badRequest(
                    "Invalid request body: a query must be an object with `action`, `query` and, except for raw SQL,"
                            + " `modelName`");
        }
        String name = action.stringValue();
        // The compiler crashes on an unknown action. This is the engine's text.
        if (!(isAbsent(model) ? OF_SQL : OF_MODELS).contains(name)) {
            throw ApiError.of(
                    400,
                    "P2009",
                    "Operation '%s'%s does not match any query."
                            .formatted(
                                    shortened(name),
                                    isAbsent(model) ? "" : " for model '" + shortened(model.stringValue()) + "'"));
        }
        return new JsonQuery(isAbsent(model) ? null : model.stringValue(), name, json);
    }

    /**
     * Reads {@code {"batch": [...]}}.
     *
     * @throws ApiError P6000 if the JSON is not a list of queries
     */
    static List<JsonQuery> ofBatch(JsonNode body) {
        JsonNode batch = body.path("batch");
        if (!batch.isArray()) {
            throw ApiError.badRequest("Invalid request body: `batch` must be a list of queries");
        }
        List<JsonQuery> queries = new ArrayList<>(batch.size());
        batch.forEach(query -> queries.add(of(query)));
        return queries;
    }

    private static String shortened(String name) {
        return name.length() > 50 ? name.substring(0, 50) : name;
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    boolean isRaw() {
        return OF_SQL.contains(action);
    }

    boolean findsOneByKey() {
        return action.equals("findUnique") || action.equals("findUniqueOrThrow");
    }

    /**
     * Returns the member of {@code data} that contains the result. In the engine's names, the model comes before the
     * suffix of an action: {@code findUniqueUserOrThrow}.
     */
    String resultName() {
        if (model == null) {
            return action;
        }
        for (String suffix : new String[] {"OrThrow", "AndReturn"}) {
            if (action.endsWith(suffix)) {
                return action.substring(0, action.length() - suffix.length()) + model + suffix;
            }
        }
        return action + model;
    }
}
