package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import java.util.Set;
import java.util.TreeSet;
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

    private static final Set<String> OF_MODELS = new TreeSet<>(Set.of(
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
            "deleteMany"));

    /**
     * Reads {@code {modelName?, action, query}}.
     *
     * @throws ApiError P6000 if the JSON is not such a query
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
        // The compiler crashes on an unknown action.
        if (!(isAbsent(model) ? OF_SQL : OF_MODELS).contains(name)) {
            throw ApiError.badRequest(
                    "Invalid request body: unknown action `%s` %s a model; allowed are %s with a model, and %s without"
                            .formatted(
                                    name.length() > 50 ? name.substring(0, 50) : name,
                                    isAbsent(model) ? "without" : "with",
                                    String.join(", ", OF_MODELS),
                                    String.join(", ", new TreeSet<>(OF_SQL))));
        }
        return new JsonQuery(isAbsent(model) ? null : model.stringValue(), name, json);
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
