package dev.hasten.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Consumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.JsonTokenId;
import tools.jackson.core.SerializableString;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Counts the values that are read and estimates the memory of the objects created from them. A few megabytes of
 * brackets can become hundreds of megabytes of objects.
 */
public final class MeteredParser extends JsonParserDelegate {
    /** The meter is called after this many tokens. */
    public static final int STEP = 1024;

    // Bytes of a value and of its slot in a list. ParseMeter.texts already counts the length of the JSON, so strings
    // are counted without their characters, and numbers and literals with less than they occupy.
    private static final int REFERENCE = 5;
    private static final int INTEGER = 16;
    private static final int FLOAT = 24;
    private static final int BIG_INTEGER = 64;
    private static final int BIG_DECIMAL = 40;
    private static final int STRING = 16 + 24 + 20 + REFERENCE;
    private static final int ARRAY = 24 + 24 + REFERENCE;
    private static final int FIRST_ELEMENT = 56;
    private static final int OBJECT = 24 + 56 + REFERENCE;
    private static final int FIRST_MEMBER = 80;
    private static final int MEMBER = 40;

    private final ParseMeter meter;
    private final int limit;
    private final Consumer<TokenStreamContext> check;
    private int count;
    private int bytes;
    private int previous = JsonTokenId.ID_NO_TOKEN;
    /** The meter has received all counts, or has thrown. */
    private boolean stopped;

    /** @param limit maximum number of values, member names and brackets */
    public MeteredParser(JsonParser parser, ParseMeter meter, int limit) {
        this(parser, meter, limit, _ -> {});
    }

    /** @param check called after every {@link #STEP} tokens with the current position; may throw to stop parsing */
    MeteredParser(JsonParser parser, ParseMeter meter, int limit, Consumer<TokenStreamContext> check) {
        super(parser);
        this.meter = meter;
        this.limit = limit;
        this.check = check;
    }

    /** Parses a JSON text into a tree. */
    public static JsonNode tree(JsonMapper json, String text, ParseMeter meter) {
        return tree(json, text, meter, _ -> {});
    }

    /**
     * Parses a list of SQL parameters into a tree.
     *
     * @throws ApiError P2029 if the list is longer than {@link ParameterLimit#PARAMETERS}
     */
    public static JsonNode parameters(JsonMapper json, String text, ParseMeter meter) {
        return tree(json, text, meter, ParameterLimit::checkList);
    }

    private static JsonNode tree(JsonMapper json, String text, ParseMeter meter, Consumer<TokenStreamContext> check) {
        try (JsonParser parser = new MeteredParser(json.createParser(text), meter, Integer.MAX_VALUE, check)) {
            return json.readTree(parser);
        }
    }

    /** Counts the current token, before the next one is read. */
    private void count() {
        int token = currentTokenId();
        bytes += bytes(token);
        if (previous == JsonTokenId.ID_START_ARRAY && token != JsonTokenId.ID_END_ARRAY) {
            bytes += FIRST_ELEMENT;
        } else if (previous == JsonTokenId.ID_START_OBJECT && token != JsonTokenId.ID_END_OBJECT) {
            bytes += FIRST_MEMBER;
        }
        previous = token;
        if (++count % STEP == 0) {
            report();
        }
    }

    private static int bytes(int token) {
        return switch (token) {
            case JsonTokenId.ID_START_ARRAY -> ARRAY;
            case JsonTokenId.ID_START_OBJECT -> OBJECT;
            case JsonTokenId.ID_PROPERTY_NAME -> MEMBER;
            case JsonTokenId.ID_STRING -> STRING;
            case JsonTokenId.ID_NUMBER_INT -> INTEGER;
            case JsonTokenId.ID_NUMBER_FLOAT -> FLOAT;
            default -> 0;
        };
    }

    private void report() {
        stopped = true;
        meter.values(bytes);
        bytes = 0;
        check.accept(streamReadContext());
        if (count > limit) {
            throw ApiError.of(
                    413,
                    "P6000",
                    "Invalid request body: it has more than %d JSON values and member names (http.max_json_values)"
                            .formatted(limit));
        }
        stopped = false;
    }

    @Override
    public BigInteger getBigIntegerValue() {
        bytes += BIG_INTEGER;
        return super.getBigIntegerValue();
    }

    /** Jackson throws a NumberFormatException if the exponent is not an int. */
    @Override
    public BigDecimal getDecimalValue() {
        bytes += BIG_DECIMAL;
        try {
            return super.getDecimalValue();
        } catch (NumberFormatException e) {
            throw ApiError.badRequest(
                    "Invalid request body: the exponent of a number is outside the range of a 32-bit integer");
        }
    }

    @Override
    public JsonToken nextToken() {
        count();
        return super.nextToken();
    }

    @Override
    public JsonToken nextValue() {
        count();
        return super.nextValue();
    }

    @Override
    public String nextName() {
        count();
        return super.nextName();
    }

    @Override
    public boolean nextName(SerializableString name) {
        count();
        return super.nextName(name);
    }

    @Override
    public int nextNameMatch(PropertyNameMatcher matcher) {
        count();
        return super.nextNameMatch(matcher);
    }

    @Override
    public void close() {
        if (!stopped) {
            stopped = true;
            meter.values(bytes);
        }
        super.close();
    }
}
