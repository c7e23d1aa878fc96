package dev.hasten.protocol;

import dev.hasten.protocol.QueryRequest.Slice;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanParser;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.plan.PlanValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parses the JSON bodies of the remote-executor protocol. Errors state what is wrong with the body. Unknown fields are
 * ignored, as in the official executor.
 */
public final class RequestParser {
    private final JsonMapper json;
    private final ObjectReader exact;
    private final int nestingDepth;
    private final int maxValues;

    /**
     * Creates a parser with limits.
     *
     * @param nestingDepth maximum nesting depth of lists and objects, 1 or more
     * @param maxValues maximum number of values, member names and brackets, 1 or more; checked in steps of
     *     {@link MeteredParser#STEP}
     */
    public RequestParser(int nestingDepth, int maxValues) {
        this.nestingDepth = nestingDepth;
        this.maxValues = maxValues;
        // The size of a body is already limited by the HTTP layer.
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(nestingDepth)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(10_000)
                .build();
        this.json = JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(constraints).build())
                // Values are read from the middle of a body; this class checks the end of the body itself.
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        this.exact = json.reader()
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    }

    /**
     * Parses a request to run a plan. The plan itself is only skipped, because usually it has been parsed before.
     *
     * @param meter receives the progress of parsing
     * @throws ApiError P6000 if the body does not conform to the protocol
     */
    public QueryRequest query(byte[] body, ParseMeter meter) {
        String model = null;
        String operation = null;
        Slice plan = null;
        Map<String, PlanValue> parameters = null;
        Map<String, String> comments = Map.of();
        try (JsonParser parser = start(body, meter)) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "model" -> model = value == JsonToken.VALUE_NULL ? null : text(parser, name);
                    case "operation" -> operation = text(parser, name);
                    case "plan" -> plan = object(parser);
                    case "params" -> {
                        meter.texts(body.length - (int) parser.currentLocation().getByteOffset());
                        parameters = parameters(parser);
                    }
                    case "comments" -> comments = comments(parser);
                    default -> parser.skipChildren();
                }
            }
            end(parser);
        } catch (JacksonException e) {
            throw invalid(e);
        }
        return new QueryRequest(
                model,
                required(operation, "operation", "a string"),
                required(plan, "plan", "an object"),
                required(parameters, "params", "an object"),
                comments);
    }

    /**
     * Parses the plan in a body.
     *
     * @throws ApiError P6006 or P6000, see {@link PlanParser}
     */
    public PlanNode plan(byte[] body, Slice plan, ParseMeter meter) {
        try (JsonParser parser =
                new MeteredParser(json.createParser(body, plan.offset(), plan.length()), meter, maxValues)) {
            return PlanParser.parse(json.readTree(parser));
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /**
     * Parses a small body into a tree. An empty body becomes an empty object.
     *
     * @throws ApiError P6000 if the body is not one JSON object
     */
    public JsonNode object(byte[] body, ParseMeter meter) {
        return object(body, json.reader(), meter, _ -> {});
    }

    /**
     * Parses the body of SQL over HTTP: like {@link #object}, but numbers keep all their digits.
     *
     * @throws ApiError P6000 if the body is not one JSON object, P2029 if a query has more than
     *     {@link ParameterLimit#PARAMETERS} parameters
     */
    public JsonNode sql(byte[] body, ParseMeter meter) {
        return object(body, exact, meter, ParameterLimit::checkBody);
    }

    /**
     * Parses one member of a body and skips the others.
     *
     * @return null if there is no member with this name
     * @throws ApiError P6000 if the body up to this member is not a valid JSON object
     */
    public @Nullable JsonNode member(byte[] body, String name, ParseMeter meter) {
        try (JsonParser parser = start(body, meter)) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = parser.currentName().equals(name);
                parser.nextToken();
                if (wanted) {
                    return json.readTree(parser);
                }
                parser.skipChildren();
            }
            return null;
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    private JsonNode object(byte[] body, ObjectReader reader, ParseMeter meter, Consumer<TokenStreamContext> check) {
        if (body.length == 0) {
            return json.createObjectNode();
        }
        try (JsonParser parser = start(body, meter, check)) {
            meter.texts(body.length);
            JsonNode tree = reader.readTree(parser);
            if (parser.nextToken() != null) {
                throw ApiError.badRequest("Invalid request body: unexpected data after the JSON object");
            }
            return tree;
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    private JsonParser start(byte[] body, ParseMeter meter) {
        return start(body, meter, _ -> {});
    }

    private JsonParser start(byte[] body, ParseMeter meter, Consumer<TokenStreamContext> check) {
        JsonParser parser = new MeteredParser(json.createParser(body), meter, maxValues, check);
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw ApiError.badRequest("Invalid request body: it must be a JSON object");
        }
        return parser;
    }

    private static void end(JsonParser parser) {
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw ApiError.badRequest("Invalid request body: unexpected data after the JSON object");
        }
    }

    private static String text(JsonParser parser, String name) {
        if (parser.currentToken() != JsonToken.VALUE_STRING
                || parser.getString().isEmpty()) {
            throw ApiError.badRequest("Invalid request body: `" + name + "` must be a non-empty string");
        }
        return parser.getString();
    }

    private static Slice object(JsonParser parser) {
        requireObject(parser, "plan");
        long start = parser.currentTokenLocation().getByteOffset();
        if (start < 0) {
            // For UTF-16 and UTF-32 the parser has no byte offsets.
            throw ApiError.badRequest("Invalid request body: it must be JSON in UTF-8");
        }
        parser.skipChildren();
        return new Slice((int) start, (int) (parser.currentLocation().getByteOffset() - start));
    }

    private static void requireObject(JsonParser parser, String name) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw ApiError.badRequest("Invalid request body: `" + name + "` must be an object");
        }
    }

    private Map<String, PlanValue> parameters(JsonParser parser) {
        requireObject(parser, "params");
        Map<String, PlanValue> parameters = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            parameters.put(name, PlanValues.of(json.readTree(parser)));
        }
        return parameters;
    }

    private static Map<String, String> comments(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return Map.of();
        }
        requireObject(parser, "comments");
        Map<String, String> comments = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw ApiError.badRequest("Invalid request body: the values of `comments` must be strings");
            }
            comments.put(name, parser.getString());
        }
        return comments;
    }

    private static <T> T required(@Nullable T value, String name, String what) {
        if (value == null) {
            throw ApiError.badRequest("Invalid request body: `" + name + "` is missing; it must be " + what);
        }
        return value;
    }

    private ApiError invalid(JacksonException error) {
        if (error instanceof StreamConstraintsException
                && error.getOriginalMessage().contains("nesting")) {
            return ApiError.badRequest("Invalid request body: lists and objects nest deeper than the limit of "
                    + nestingDepth + " levels (http.max_nesting_depth)");
        }
        TokenStreamLocation location = error.getLocation();
        return ApiError.badRequest(
                location == null
                        ? "Invalid request body: it is not valid JSON"
                        : "Invalid request body: it is not valid JSON at line %d, column %d"
                                .formatted(location.getLineNr(), location.getColumnNr()));
    }
}
