package dev.hasten.admin;

import dev.hasten.http.Answer;
import dev.hasten.protocol.ApiError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON of the admin API: names in snake_case as in the configuration, unless a record says otherwise; times in ISO
 * 8601.
 */
final class AdminJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private AdminJson() {}

    /** An answer with this record. It tells about now, or holds a secret: nobody may keep it. */
    static Answer answer(int status, Record body) {
        return Answer.json(status, JSON.writeValueAsBytes(body)).header("Cache-Control", "no-store");
    }

    /**
     * The object in a body.
     *
     * @param fields that it may have
     * @throws ApiError 400 when the body is anything else
     */
    static JsonNode object(byte[] body, List<String> fields) {
        JsonNode object = object(body);
        if (!fields.containsAll(object.propertyNames())) {
            throw ApiError.badRequest("The body has an unknown field; known are " + String.join(", ", fields));
        }
        return object;
    }

    private static JsonNode object(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            // Told below; Jackson's own text would quote the body.
        }
        throw ApiError.badRequest("The body must be one JSON object with no field twice");
    }

    /**
     * A field that holds a text; null when it is not there or null.
     *
     * @throws ApiError 400 when it holds anything else
     */
    static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw ApiError.badRequest(field + " must be a text");
        }
        return value.stringValue();
    }

    /**
     * A field that holds a list of texts; null when it is not there or null.
     *
     * @throws ApiError 400 when it holds anything else
     */
    static @Nullable List<String> texts(JsonNode object, String field) {
        JsonNode list = object.get(field);
        if (list == null || list.isNull()) {
            return null;
        }
        if (!list.isArray() || !list.valueStream().allMatch(JsonNode::isString)) {
            throw ApiError.badRequest(field + " must be a list of texts");
        }
        return list.valueStream().map(JsonNode::stringValue).toList();
    }
}
