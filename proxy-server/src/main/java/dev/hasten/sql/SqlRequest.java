package dev.hasten.sql;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.RequestParser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The body of a request: one statement, or several that are one transaction. */
sealed interface SqlRequest {

    /** {@code {query, params?, arrayMode?, cacheStrategy?}}. */
    record Single(Query query) implements SqlRequest {}

    /** {@code {queries: [...]}}. */
    record Batch(List<Query> queries) implements SqlRequest {}

    /**
     * A statement.
     *
     * @param parameters PostgreSQL's text of each, null for NULL
     * @param arrayMode whether rows are arrays; null when the header says so
     */
    record Query(
            String sql,
            List<@Nullable String> parameters,
            @Nullable Boolean arrayMode) {}

    /** Half of a surrogate pair, which UTF-8 cannot say, or the zero byte, which PostgreSQL does not take. */
    Pattern UNSUPPORTED_CHARACTERS = Pattern.compile("[\\x00\\ud800-\\udfff]");

    /**
     * Reads a body.
     *
     * @throws ApiError P6000 saying what is wrong with it
     */
    static SqlRequest of(byte[] body, RequestParser parser, ParseMeter meter) {
        JsonNode json = parser.sql(body, meter);
        JsonNode queries = json.path("queries");
        if (queries.isMissingNode()) {
            return new Single(query(json, ""));
        }
        if (json.has("query")) {
            throw ApiError.badRequest("Invalid request body: give `query` or `queries`, not both");
        }
        if (json.has("cacheStrategy")) {
            throw ApiError.badRequest(
                    "Invalid request body: `cacheStrategy` belongs to a single `query`; transactions are not cached");
        }
        if (!queries.isArray()) {
            throw ApiError.badRequest("Invalid request body: `queries` must be a list");
        }
        List<Query> list = new ArrayList<>(queries.size());
        for (JsonNode query : queries) {
            list.add(query(query, "queries[" + list.size() + "]."));
        }
        return new Batch(list);
    }

    /**
     * How long the answer may be used again; null when the body does not say.
     *
     * @throws ApiError P6000 for a body that is no JSON object, P6005 for a strategy that is not allowed
     */
    static @Nullable CacheStrategy strategy(byte[] body, RequestParser parser, int maxTags, ParseMeter meter) {
        JsonNode strategy = parser.member(body, "cacheStrategy", meter);
        return strategy == null || strategy.isNull() ? null : CacheStrategy.parse(strategy, maxTags);
    }

    private static Query query(JsonNode json, String place) {
        JsonNode sql = json.path("query");
        if (!sql.isString()) {
            throw ApiError.badRequest("Invalid request body: `" + place + "query` must be a string");
        }
        JsonNode arrayMode = json.path("arrayMode");
        if (!arrayMode.isMissingNode() && !arrayMode.isNull() && !arrayMode.isBoolean()) {
            throw ApiError.badRequest("Invalid request body: `" + place + "arrayMode` must be true or false");
        }
        return new Query(
                speakable(sql.stringValue(), place + "query"),
                parameters(json.path("params"), place),
                arrayMode.isBoolean() ? arrayMode.booleanValue() : null);
    }

    private static List<@Nullable String> parameters(JsonNode params, String place) {
        if (params.isMissingNode() || params.isNull()) {
            return List.of();
        }
        if (!params.isArray()) {
            throw ApiError.badRequest("Invalid request body: `" + place + "params` must be a list");
        }
        List<@Nullable String> parameters = new ArrayList<>(params.size());
        for (JsonNode value : params) {
            String text = SqlParameter.text(value);
            parameters.add(text == null ? null : speakable(text, place + "params[" + parameters.size() + "]"));
        }
        return parameters;
    }

    private static String speakable(String text, String place) {
        if (UNSUPPORTED_CHARACTERS.matcher(text).find()) {
            throw ApiError.badRequest("Invalid request body: `" + place
                    + "` holds a character that PostgreSQL cannot store: a zero byte, or half of a surrogate pair");
        }
        return text;
    }
}
