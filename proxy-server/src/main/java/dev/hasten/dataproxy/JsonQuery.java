package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One query as the client sends it.
 *
 * @param model null for SQL of the app
 * @param json the whole of it, for the compiler
 */
record JsonQuery(@Nullable String model, String action, JsonNode json) {
    /**
     * Reads {@code {modelName?, action, query}}.
     *
     * @throws ApiError P6000 when it is something else
     */
    static JsonQuery of(JsonNode json) {
        JsonNode action = json.path("action");
        JsonNode model = json.path("modelName");
        if (!action.isString() || !json.path("query").isObject() || !(isAbsent(model) || model.isString())) {
            throw ApiError.badRequest(
                    "Invalid request body: a query must be an object with `action`, `query` and, but for raw SQL, `modelName`");
        }
        return new JsonQuery(isAbsent(model) ? null : model.stringValue(), action.stringValue(), json);
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    boolean isRaw() {
        return RawQueries.isRaw(action);
    }

    boolean findsOneByKey() {
        return action.equals("findUnique") || action.equals("findUniqueOrThrow");
    }

    /** The member of {@code data} that has the answer; the engine puts the model before the last part of some actions. */
    String answerName() {
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
