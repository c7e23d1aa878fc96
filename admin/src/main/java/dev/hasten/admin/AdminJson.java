package dev.hasten.admin;

import dev.hasten.http.Answer;
import dev.hasten.protocol.ApiError;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of the admin API: names in snake_case as in the configuration, times in ISO 8601. */
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
     * @throws ApiError 400 when the body is anything else
     */
    static JsonNode object(byte[] body) {
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
}
