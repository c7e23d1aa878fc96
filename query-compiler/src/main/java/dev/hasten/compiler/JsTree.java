package dev.hasten.compiler;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Converts values of {@link JsHeap} to the tree that Jackson reads from {@code JSON.stringify} of the same value. There
 * is one difference: a BigInt becomes a number with all its digits, where JavaScript throws.
 */
final class JsTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** JavaScript writes larger numbers with an exponent. */
    private static final double MAX_PLAIN = 1e21;

    private JsTree() {}

    static JsonNode of(Object value) {
        return switch (value) {
            case JsHeap.Primitive _ -> NODES.nullNode();
            case Boolean b -> NODES.booleanNode(b);
            case Double d -> number(d);
            case BigInteger i -> integer(i);
            case String s -> NODES.stringNode(s);
            case List<?> list -> {
                ArrayNode array = NODES.arrayNode(list.size());
                list.forEach(element -> array.add(of(element)));
                yield array;
            }
            case Map<?, ?> members -> {
                ObjectNode object = NODES.objectNode();
                members.forEach((name, member) -> {
                    if (member != JsHeap.Primitive.UNDEFINED) {
                        object.set((String) name, of(member));
                    }
                });
                yield object;
            }
            default -> throw new IllegalStateException("no JSON for " + value.getClass());
        };
    }

    private static JsonNode number(double value) {
        if (!Double.isFinite(value)) {
            return NODES.nullNode();
        }
        return value == Math.rint(value) && Math.abs(value) < MAX_PLAIN
                ? integer(new BigDecimal(Double.toString(value)).toBigIntegerExact())
                : NODES.numberNode(value);
    }

    /** Jackson uses the smallest of the types int, long and BigInteger. */
    private static JsonNode integer(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) {
            return NODES.numberNode(value.intValue());
        }
        return value.bitLength() < Long.SIZE ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
    }
}
