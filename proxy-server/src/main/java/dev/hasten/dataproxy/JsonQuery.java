package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One query as the client sends it.
 *
 * @param model null for SQL of the app
 * @param json the whole of it, for the compiler
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
     * @throws ApiError P6000 when it is something else
     */
    static JsonQuery of(JsonNode json) {
        if (json.path("query").isString()) {
            throw ApiError.badRequest(
                    "Invalid request body: this is GraphQL, which clients before Prisma 5 speak; a query must"
                            + " be a JSON object with `action` and `query`");
        }
        JsonNode action = json.path("action");
        JsonNode model = json.path("modelName");
        if (!action.isString() || !json.path("query").isObject() || !(isAbsent(model) || model.isString())) {
            throw ApiError.badRequest(
                    "Invalid request body: a query must be an object with `action`, `query` and, but for raw SQL, `modelName`");
        }
        String name = action.stringValue();
        // The compiler breaks down over an action that it does not know.
        if (!(isAbsent(model) ? OF_SQL : OF_MODELS).contains(name)) {
            throw ApiError.badRequest(
                    "Invalid request body: there is no action `%s` %s a model. There are %s with one, and %s without"
                            .formatted(
                                    name.length() > 50 ? name.substring(0, 50) : name,
                                    isAbsent(model) ? "without" : "of",
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

    /** The member of {@code data} that has the answer; the engine puts the model before the last part of some actions. */
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
