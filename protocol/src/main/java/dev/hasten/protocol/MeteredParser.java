package dev.hasten.protocol;

import java.math.BigDecimal;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.SerializableString;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Counts what is read. A few megabytes of brackets become hundreds of megabytes of objects. */
public final class MeteredParser extends JsonParserDelegate {
    /** The meter is asked after so many values. */
    public static final int STEP = 1024;

    private final ParseMeter meter;
    private final int limit;
    private int count;
    /** The meter was told everything, or has thrown. */
    private boolean stopped;

    /** @param limit how many values, member names and brackets may be read */
    public MeteredParser(JsonParser parser, ParseMeter meter, int limit) {
        super(parser);
        this.meter = meter;
        this.limit = limit;
    }

    /** The tree of a JSON text. */
    public static JsonNode tree(JsonMapper json, String text, ParseMeter meter) {
        try (JsonParser parser = new MeteredParser(json.createParser(text), meter, Integer.MAX_VALUE)) {
            return json.readTree(parser);
        }
    }

    private void count() {
        if (++count % STEP == 0) {
            stopped = true;
            meter.values(STEP);
            if (count > limit) {
                throw ApiError.of(
                        413,
                        "P6000",
                        "Invalid request body: it has more than %d JSON values (http.max_json_values)"
                                .formatted(limit));
            }
            stopped = false;
        }
    }

    /** Jackson throws a NumberFormatException if the exponent is not an int. */
    @Override
    public BigDecimal getDecimalValue() {
        try {
            return super.getDecimalValue();
        } catch (NumberFormatException e) {
            throw ApiError.badRequest("Invalid request body: the exponent of a number must fit into 32 bits");
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
            meter.values(count % STEP);
        }
        super.close();
    }
}
