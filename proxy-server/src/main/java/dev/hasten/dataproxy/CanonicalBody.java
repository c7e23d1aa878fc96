package dev.hasten.dataproxy;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of a query with the members of its {@code where} in alphabetical order, so that queries share a cache entry
 * if they differ only in this order. This order has no effect on the response, unlike the order in {@code orderBy}
 * or in a selection. The body is only used to compute the cache key.
 */
final class CanonicalBody {
    /** Numbers must not change: two bodies with different numbers must not become equal. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final String ARGUMENTS = "arguments";
    private static final String WHERE = "where";

    private CanonicalBody() {}

    /** Returns the body itself if it is in order, is not valid JSON, or has numbers that sorting would change. */
    static byte[] of(byte[] body) {
        try {
            return isOrdered(body) || !keepsNumbers(body) ? body : JSON.writeValueAsBytes(ordered(JSON.readTree(body)));
        } catch (JacksonException e) {
            return body;
        }
    }

    /** Whether all numbers are written as they are here, unlike {@code -0.0}, {@code 1e0} and huge exponents. */
    private static boolean keepsNumbers(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isNumeric()) {
                    String text = parser.getString();
                    if (!text.equals(new BigDecimal(text).toString())) {
                        return false;
                    }
                }
            }
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isOrdered(byte[] body) {
        Deque<String> names = new ArrayDeque<>();
        // The number of containers around the outermost `where` and including it; 0 outside of any.
        int where = 0;
        boolean whereFollows = false;
        try (JsonParser parser = JSON.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_OBJECT, START_ARRAY -> {
                        names.push("");
                        where = whereFollows ? names.size() : where;
                        whereFollows = false;
                    }
                    case END_OBJECT, END_ARRAY -> {
                        names.pop();
                        where = names.size() < where ? 0 : where;
                    }
                    case PROPERTY_NAME -> {
                        String name = parser.currentName();
                        String before = names.pop();
                        if (where > 0 && name.compareTo(before) <= 0) {
                            return false;
                        }
                        whereFollows = where == 0 && name.equals(WHERE) && ARGUMENTS.equals(names.peek());
                        names.push(name);
                    }
                    default -> whereFollows = false;
                }
            }
        }
        return true;
    }

    private static JsonNode ordered(JsonNode node) {
        if (!node.isContainer()) {
            return node;
        }
        for (JsonNode child : node) {
            ordered(child);
        }
        if (node.path(ARGUMENTS) instanceof ObjectNode arguments
                && arguments.path(WHERE).isContainer()) {
            arguments.set(WHERE, sorted(arguments.path(WHERE)));
        }
        return node;
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isArray()) {
            var elements = JsonNodeFactory.instance.arrayNode(node.size());
            node.forEach(element -> elements.add(sorted(element)));
            return elements;
        }
        if (!node.isObject()) {
            return node;
        }
        Map<String, JsonNode> members = new TreeMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
        ObjectNode sorted = JsonNodeFactory.instance.objectNode();
        members.forEach(sorted::set);
        return sorted;
    }
}
