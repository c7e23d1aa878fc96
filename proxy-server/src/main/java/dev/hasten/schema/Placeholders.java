package dev.hasten.schema;

import dev.hasten.compiler.SchemaDefinition.FieldType;
import dev.hasten.protocol.JsonNumbers;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.plan.PlanValues;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The placeholders of one query: {@code %1}, {@code %2} and so on. Equal values share a placeholder, because the
 * compiler compares values, for example to decide whether the database can execute an upsert.
 *
 * <p>A value that is not in the exact format of Prisma Client gets no placeholder, because the compiler returns the
 * better error for it.
 */
final class Placeholders {
    private static final Pattern DATE_TIME =
            Pattern.compile("(?:\\d{4}|[+-]\\d{6})-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}(Z|\\+00:00)");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,131072}(\\.\\d{1,16383})?");
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,19}");

    private final JsonGenerator out;
    private final boolean shared;
    private final Map<String, PlanValue> values = new LinkedHashMap<>();
    private final Map<String, String> namesByValue = new HashMap<>();

    /**
     * @param shared whether equal values share a placeholder; false saves time if the compiler does not compare values
     */
    Placeholders(JsonGenerator out, boolean shared) {
        this.out = out;
        this.shared = shared;
    }

    Map<String, PlanValue> values() {
        return values;
    }

    /** The type of a placeholder, and its value in the format that plans expect. */
    private record Data(String type, JsonNode value) {}

    /** Writes a placeholder for a single value; returns false if the value does not look like one of this type. */
    boolean write(JsonNode value, FieldType type) {
        Data data = data(value, type);
        if (data == null) {
            return false;
        }
        write(data.type(), null, data.value());
        return true;
    }

    /** Writes one placeholder for a list; returns false if the list is empty or an element does not have this type. */
    boolean writeList(JsonNode list, FieldType type) {
        if (!list.isArray() || list.isEmpty()) {
            return false;
        }
        ArrayNode decoded = JsonNodeFactory.instance.arrayNode(list.size());
        String widest = null;
        boolean complete = true;
        for (JsonNode element : list) {
            Data data = data(element, type);
            if (data == null) {
                // Continue, because decimals with huge exponents in the remaining elements must be rejected.
                complete = false;
                continue;
            }
            widest = wider(widest, data.type());
            decoded.add(data.value());
        }
        if (complete) {
            write("List", widest, decoded);
        }
        return complete;
    }

    /** Writes a placeholder for a JSON document; returns false for an untagged scalar, or if it is not a document. */
    boolean writeJson(JsonNode value) {
        if (value.isObject() && value.has("$type")) {
            return write(value, FieldType.JSON);
        }
        JsonNode document = value.isContainer() ? document(value) : null;
        if (document == null) {
            return false;
        }
        write("Json", null, StringNode.valueOf(document.toString()));
        return true;
    }

    /** Replaces tagged values in a value by plain JSON; returns null if one of them has no JSON form. */
    private static @Nullable JsonNode document(JsonNode value) {
        if (value.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode(value.size());
            for (JsonNode element : value) {
                JsonNode converted = document(element);
                if (converted == null) {
                    return null;
                }
                array.add(converted);
            }
            return array;
        }
        if (!value.isObject()) {
            return value;
        }
        if (value.has("$type")) {
            return switch (value.get("$type").asString("")) {
                case "DateTime", "BigInt", "Bytes", "Raw" -> value.get("value");
                case "Decimal" -> number(value.path("value").asString(""));
                default -> null;
            };
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            JsonNode converted = document(member.getValue());
            if (converted == null) {
                return null;
            }
            object.set(member.getKey(), converted);
        }
        return object;
    }

    /** Converts a decimal to a number, like the query engine; Prisma 7 uses a string. */
    private static @Nullable JsonNode number(String text) {
        return DECIMAL.matcher(text).matches() ? JsonNodeFactory.instance.numberNode(new BigDecimal(text)) : null;
    }

    private static String wider(@Nullable String a, String b) {
        if (a == null || a.equals(b)) {
            return b;
        }
        // Only number types can differ. From narrow to wide, they are Int, BigInt and Float.
        return a.equals("Float") || b.equals("Float") ? "Float" : "BigInt";
    }

    private static @Nullable Data data(JsonNode value, FieldType type) {
        return value.isObject() ? tagged(value, type) : plain(value, type);
    }

    private static @Nullable Data plain(JsonNode value, FieldType type) {
        return switch (type) {
            case STRING -> value.isString() ? new Data("String", value) : null;
            case BOOLEAN -> value.isBoolean() ? new Data("Boolean", value) : null;
            case INT -> integer(value);
            case BIG_INT -> whole(value);
            case FLOAT -> isFraction(value) ? new Data("Float", value) : integer(value);
            // Prisma 7 uses no placeholder here; the compiler creates the same plan with or without one.
            case DECIMAL -> decimal(value);
            case DATE_TIME, JSON, BYTES -> null;
        };
    }

    private static @Nullable Data decimal(JsonNode value) {
        if (value.isString()) {
            JsonNumbers.requireModerateExponent(value.stringValue());
        }
        return value.isNumber() ? new Data("Float", StringNode.valueOf(JsonNumbers.plainText(value))) : null;
    }

    /**
     * Whether a number has a fraction. Prisma Client treats a large whole number as BigInt, even if written as a float.
     */
    private static boolean isFraction(JsonNode value) {
        if (!value.isNumber()) {
            return false;
        }
        double number = JsonNumbers.toDouble(value);
        return number != Math.rint(number);
    }

    private static @Nullable Data integer(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt() ? new Data("Int", value) : null;
    }

    private static @Nullable Data whole(JsonNode value) {
        Data integer = integer(value);
        return integer != null || !value.isIntegralNumber() || !value.canConvertToLong()
                ? integer
                : new Data("BigInt", value);
    }

    private static @Nullable Data tagged(JsonNode tagged, FieldType type) {
        JsonNode tag = tagged.get("$type");
        JsonNode value = tagged.get("value");
        if (tag == null || value == null || !value.isString() || tagged.size() != 2) {
            return null;
        }
        String text = value.stringValue();
        if (is(tag, "Decimal")) {
            JsonNumbers.requireModerateExponent(text);
        }
        return switch (type) {
            case BIG_INT ->
                is(tag, "BigInt") && WHOLE.matcher(text).matches() && isLong(text) ? new Data("BigInt", value) : null;
            // The compiler has no placeholder type for decimals, but accepts Float, which it treats as a decimal.
            case DECIMAL -> is(tag, "Decimal") && DECIMAL.matcher(text).matches() ? new Data("Float", value) : null;
            case DATE_TIME ->
                is(tag, "DateTime") && DATE_TIME.matcher(text).matches() ? new Data("DateTime", value) : null;
            case BYTES -> is(tag, "Bytes") && isBase64(text) ? new Data("Bytes", value) : null;
            case JSON -> is(tag, "Json") ? new Data("Json", value) : null;
            case STRING, INT, FLOAT, BOOLEAN -> null;
        };
    }

    private static boolean is(JsonNode tag, String name) {
        return tag.isString() && tag.stringValue().equals(name);
    }

    private static boolean isLong(String digits) {
        return new BigInteger(digits).bitLength() < Long.SIZE;
    }

    private static boolean isBase64(String text) {
        int length = text.length();
        int end = length;
        while (end > 0 && length - end < 2 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!digit && c != '+' && c != '/') {
                return false;
            }
        }
        return length % 4 == 0;
    }

    private void write(String type, @Nullable String elementType, JsonNode value) {
        String next = "%" + (values.size() + 1);
        String name = shared
                ? namesByValue.computeIfAbsent(
                        type + (elementType == null ? "" : "<" + elementType + ">") + ":" + value, _ -> next)
                : next;
        if (name.equals(next)) {
            values.put(name, PlanValues.of(value));
        }
        out.writeStartObject();
        out.writeStringProperty("$type", "Param");
        out.writeName("value");
        out.writeStartObject();
        out.writeStringProperty("name", name);
        out.writeStringProperty("type", type);
        if (elementType != null) {
            out.writeName("inner");
            out.writeStartObject();
            out.writeStringProperty("type", elementType);
            out.writeEndObject();
        }
        out.writeEndObject();
        out.writeEndObject();
    }
}
