package dev.hasten.sql;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.ServerReport;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The body of a request: one statement, or several that run in one transaction. */
sealed interface SqlRequest {

    /** {@code {query, params?, arrayMode?, cacheStrategy?}}. */
    record Single(Query query) implements SqlRequest {}

    /** {@code {queries: [...]}}. */
    record Batch(List<Query> queries) implements SqlRequest {}

    /**
     * A statement.
     *
     * @param parameters each in PostgreSQL's text format, null for NULL
     * @param arrayMode whether rows are arrays; null to use the header
     */
    record Query(
            String sql,
            List<@Nullable String> parameters,
            @Nullable Boolean arrayMode) {}

    /** An unpaired surrogate, which UTF-8 cannot encode, or a zero byte, which PostgreSQL does not accept. */
    Pattern UNSUPPORTED_CHARACTERS = Pattern.compile("[\\x00\\ud800-\\udfff]");

    /**
     * Parses a body.
     *
     * @throws ApiError P6000 if the body is invalid
     */
    static SqlRequest of(byte[] body, RequestParser parser, ParseMeter meter) {
        JsonNode json = parser.sql(body, meter);
        JsonNode queries = json.path("queries");
        if (queries.isMissingNode()) {
            return new Single(query(json, ""));
        }
        if (json.has("query")) {
            throw ApiError.badRequest("Invalid request body: send either `query` or `queries`, not both");
        }
        if (json.has("cacheStrategy")) {
            throw ApiError.badRequest(
                    "Invalid request body: `cacheStrategy` is only allowed with a single `query`; transactions are not"
                            + " cached");
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
     * Returns the cache strategy in a body, or null if there is none.
     *
     * @throws ApiError P6000 if the body is not a JSON object, P6005 if the strategy is invalid
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
        if (text.indexOf('\0') >= 0) {
            String message = "invalid byte sequence for encoding \"UTF8\": 0x00";
            throw ApiError.of(400, "P2010", message).with(ServerReport.of("22021", message));
        }
        if (UNSUPPORTED_CHARACTERS.matcher(text).find()) {
            throw ApiError.badRequest("Invalid request body: `" + place
                    + "` contains a character that PostgreSQL cannot store: an unpaired surrogate");
        }
        return text;
    }
}
