package dev.hasten.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Changes JSON in ways that programs get wrong. The fuzzer's input chooses the places and the changes. */
final class JsonMutator {
    /** Also writes documents that are deeper than the server, and by default Jackson, allows. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final String[] TEXTS = {
        "",
        " ",
        "\u0000",
        "\ud800",
        "\u2028",
        "'",
        "\"",
        "\\",
        "$1",
        "%1",
        "NaN",
        "-0",
        "1e400",
        "null",
        "__proto__",
        "2024-02-30T25:61:61.999999999Z",
        "9".repeat(400),
        "x".repeat(5000),
        "AP8",
        "{}",
        "[1",
        "a\nb",
        "*/",
        "--",
    };

    /** Numbers in forms that a tree of values does not keep. */
    private static final String[] NUMBERS = {
        "1e400", "-1e400", "1e99999999999", "1E-99999999999", "-0", "-0.0", "1.0", "1E+5", "9".repeat(400) + ".5",
    };

    private static final String NUMBER = "number of the fuzzer ";

    /** More parameters than the count in PostgreSQL's protocol can express. */
    private static final String MANY = "65537 numbers";

    private static final int[] LENGTHS = {2, 20, 400, 5000};
    private static final int[] DEPTHS = {1, 10, 600};
    private static final int[] COPIES = {2, 101, 33_000};

    private JsonMutator() {}

    /** A member of an object or an element of a list. */
    private record Place(JsonNode parent, Object key) {
        JsonNode value() {
            return key instanceof Integer index ? parent.get(index) : parent.get((String) key);
        }

        void set(JsonNode value) {
            if (parent instanceof ArrayNode list) {
                list.set((Integer) key, value);
            } else {
                ((ObjectNode) parent).set((String) key, value);
            }
        }

        void remove() {
            if (parent instanceof ArrayNode list) {
                list.remove((Integer) key);
            } else {
                ((ObjectNode) parent).remove((String) key);
            }
        }
    }

    /** Returns the text of a changed copy. */
    static String mutate(JsonNode original, FuzzedDataProvider data) {
        JsonNode document = original.deepCopy();
        for (int changes = data.consumeInt(0, 3); changes > 0; changes--) {
            List<Place> places = new ArrayList<>();
            collect(document, places);
            if (places.isEmpty()) {
                break;
            }
            Place place = places.get(data.consumeInt(0, places.size() - 1));
            change(place, places, data);
        }
        return text(document);
    }

    /**
     * Returns the text of a document, in which {@link #NUMBER} with an index stands for one of {@link #NUMBERS}, and
     * {@link #MANY} for a list.
     */
    static String text(JsonNode document) {
        String text = JSON.writeValueAsString(document).replace("\"" + MANY + "\"", "[" + "1,".repeat(65_536) + "1]");
        for (int i = 0; i < NUMBERS.length; i++) {
            text = text.replace("\"" + NUMBER + i + "\"", NUMBERS[i]);
        }
        return text;
    }

    private static void collect(JsonNode node, List<Place> places) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                places.add(new Place(node, member.getKey()));
                collect(member.getValue(), places);
            }
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                places.add(new Place(node, i));
                collect(list.get(i), places);
            }
        }
    }

    private static void change(Place place, List<Place> places, FuzzedDataProvider data) {
        switch (data.consumeInt(0, 8)) {
            case 0 -> place.remove();
            case 1 -> place.set(NODES.stringNode(data.pickValue(TEXTS)));
            case 2 -> place.set(NODES.stringNode(data.consumeString(20)));
            case 3 -> place.set(number(data));
            case 4 ->
                place.set(data.pickValue(new JsonNode[] {
                    NODES.nullNode(),
                    NODES.booleanNode(true),
                    NODES.objectNode(),
                    NODES.arrayNode(),
                    NODES.numberNode(0)
                }));
            case 5 ->
                place.set(places.get(data.consumeInt(0, places.size() - 1))
                        .value()
                        .deepCopy());
            case 6 -> place.set(nested(place.value(), data));
            case 7 -> {
                JsonNode value = place.value();
                ArrayNode list = NODES.arrayNode();
                // Copies of large values would only be too large.
                int copies = value.isContainer() ? COPIES[0] : data.pickValue(COPIES);
                for (int i = 0; i < copies; i++) {
                    list.add(value);
                }
                place.set(list);
            }
            default -> {
                if (place.parent() instanceof ObjectNode object) {
                    object.set(data.consumeString(10), place.value().deepCopy());
                }
            }
        }
    }

    private static JsonNode number(FuzzedDataProvider data) {
        return switch (data.consumeInt(0, 5)) {
            case 0 -> NODES.numberNode(data.consumeLong());
            case 1 -> NODES.numberNode(new BigInteger("9".repeat(data.pickValue(LENGTHS))));
            case 2 -> NODES.numberNode(new BigDecimal("1.5e" + data.consumeInt(-2000, 2000)));
            case 3 -> NODES.numberNode(new BigDecimal("-0." + "3".repeat(data.pickValue(LENGTHS))));
            case 4 -> NODES.stringNode(NUMBER + data.consumeInt(0, NUMBERS.length - 1));
            default -> NODES.numberNode(data.consumeInt(-1, 65_537));
        };
    }

    private static JsonNode nested(JsonNode value, FuzzedDataProvider data) {
        JsonNode nested = value;
        boolean list = data.consumeBoolean();
        for (int depth = data.pickValue(DEPTHS); depth > 0; depth--) {
            nested = list ? NODES.arrayNode().add(nested) : NODES.objectNode().set("a", nested);
        }
        return nested;
    }

    /** Reads JSON. */
    static JsonNode read(String json) {
        return JsonMapper.shared().readTree(json);
    }
}
