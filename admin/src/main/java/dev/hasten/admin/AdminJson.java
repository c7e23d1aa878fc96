package dev.hasten.admin;

import dev.hasten.http.Response;
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
 * The JSON format of the admin API: names are in snake_case, as in the configuration, unless a record declares
 * otherwise; times are in ISO 8601.
 */
final class AdminJson {
    /** Longest name in an error, in characters. */
    private static final int SHOWN_NAME = 50;

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private AdminJson() {}

    /** A response with this record. It must not be stored by caches, because it is a snapshot or contains a secret. */
    static Response response(int status, Record body) {
        return Response.json(status, JSON.writeValueAsBytes(body)).header("Cache-Control", "no-store");
    }

    /**
     * Parses a body that must be a JSON object.
     *
     * @param fields the allowed fields
     * @throws ApiError 400 if the body is not an object or has another field
     */
    static JsonNode object(byte[] body, List<String> fields) {
        JsonNode object = object(body);
        for (String name : object.propertyNames()) {
            if (!fields.contains(name)) {
                throw ApiError.badRequest("The body has the unknown field `" + shortened(name) + "`; allowed fields: "
                        + String.join(", ", fields));
            }
        }
        return object;
    }

    private static String shortened(String name) {
        return name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "..." : name;
    }

    private static JsonNode object(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            // Reported below; Jackson's own message would quote the body.
        }
        throw ApiError.badRequest("The body must be one JSON object without duplicate fields");
    }

    /**
     * The value of a string field; null if the field is absent or null.
     *
     * @throws ApiError 400 if it has any other value
     */
    static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw ApiError.badRequest(field + " must be a string");
        }
        return value.stringValue();
    }

    /**
     * The value of a field with a list of strings; null if the field is absent or null.
     *
     * @throws ApiError 400 if it has any other value
     */
    static @Nullable List<String> texts(JsonNode object, String field) {
        JsonNode list = object.get(field);
        if (list == null || list.isNull()) {
            return null;
        }
        if (!list.isArray() || !list.valueStream().allMatch(JsonNode::isString)) {
            throw ApiError.badRequest(field + " must be a list of strings");
        }
        return list.valueStream().map(JsonNode::stringValue).toList();
    }
}
