package dev.hasten.protocol.plan;

import dev.hasten.protocol.plan.PlanValue.Constant;
import dev.hasten.protocol.plan.PlanValue.GeneratorCall;
import dev.hasten.protocol.plan.PlanValue.ListOf;
import dev.hasten.protocol.plan.PlanValue.Placeholder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Parses JSON values in which {@code {"prisma__type":"param"|"generatorCall", ...}} represents a value that is known
 * only when the plan runs. As in the reference implementation (evaluateArg), such values are recognized in lists but
 * not in objects.
 */
public final class PlanValues {
    private static final Constant NULL = new Constant(null);

    private PlanValues() {}

    /** Parses a value. A list without run-time elements becomes a constant. */
    public static PlanValue of(JsonNode json) {
        if (json.isObject()) {
            JsonNode type = json.get("prisma__type");
            if (type != null && type.isString()) {
                JsonChecks value = new JsonChecks(json, "value").get("prisma__value");
                if (type.stringValue().equals("param")) {
                    return new Placeholder(value.text("name"), value.has("type") ? typeName(value.get("type")) : "");
                }
                if (type.stringValue().equals("generatorCall")) {
                    return new GeneratorCall(
                            value.text("name"), value.get("args").list(argument -> of(argument.node())));
                }
            }
        }
        if (json.isArray()) {
            return list(json);
        }
        Object value = constant(json);
        return value == null ? NULL : new Constant(value);
    }

    private static PlanValue list(JsonNode json) {
        List<@Nullable Object> constants = new ArrayList<>(json.size());
        List<PlanValue> elements = null;
        for (JsonNode element : json) {
            PlanValue value = of(element);
            if (elements != null) {
                elements.add(value);
            } else if (value instanceof Constant(Object constant)) {
                constants.add(constant);
            } else {
                elements = new ArrayList<>(json.size());
                for (Object constant : constants) {
                    elements.add(new Constant(constant));
                }
                elements.add(value);
            }
        }
        return elements == null
                ? new Constant(Collections.unmodifiableList(constants))
                : new ListOf(Collections.unmodifiableList(elements));
    }

    /** Converts a JSON value to Java values; see {@link Constant}. */
    public static @Nullable Object constant(JsonNode json) {
        return switch (json.getNodeType()) {
            case STRING -> json.stringValue();
            case BOOLEAN -> json.booleanValue();
            case NUMBER -> number(json);
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>(json.size());
                for (JsonNode element : json) {
                    list.add(constant(element));
                }
                yield Collections.unmodifiableList(list);
            }
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (Map.Entry<String, JsonNode> field : json.properties()) {
                    map.put(field.getKey(), constant(field.getValue()));
                }
                yield Collections.unmodifiableMap(map);
            }
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    private static Object number(JsonNode json) {
        if (!json.isIntegralNumber()) {
            return json.doubleValue();
        }
        return json.canConvertToLong() ? (Object) json.longValue() : json.bigIntegerValue();
    }

    /** A type is a name, or an object with a name for a list of that type. */
    private static String typeName(JsonChecks type) {
        return type.node().isString() ? type.text() : type.has("type") ? type.text("type") : "";
    }
}
