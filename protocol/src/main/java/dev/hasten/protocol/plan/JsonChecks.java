package dev.hasten.protocol.plan;

import dev.hasten.protocol.ApiError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A JSON value of a plan and its path, which error messages include. */
record JsonChecks(@Nullable JsonNode value, @Nullable JsonChecks parent, String step) {
    JsonChecks(@Nullable JsonNode value, String root) {
        this(value, null, root);
    }

    JsonNode node() {
        if (value == null) {
            throw malformed("is missing");
        }
        return value;
    }

    /** Whether the field exists and is not null. */
    boolean has(String field) {
        JsonNode child = object().get(field);
        return child != null && !child.isNull();
    }

    JsonChecks get(String field) {
        return new JsonChecks(object().get(field), this, "." + field);
    }

    String text(String field) {
        return get(field).text();
    }

    String text() {
        JsonNode node = node();
        if (!node.isString()) {
            throw malformed("must be a string");
        }
        return node.stringValue();
    }

    boolean flag(String field) {
        JsonChecks child = get(field);
        if (!child.node().isBoolean()) {
            throw child.malformed("must be true or false");
        }
        return child.node().booleanValue();
    }

    long number(String field) {
        JsonChecks child = get(field);
        if (!child.node().isIntegralNumber() || !child.node().canConvertToLong()) {
            throw child.malformed("must be a whole number");
        }
        return child.node().longValue();
    }

    List<String> texts(String field) {
        return get(field).list(JsonChecks::text);
    }

    <T> List<T> list(Function<JsonChecks, T> element) {
        JsonNode node = node();
        if (!node.isArray()) {
            throw malformed("must be a list");
        }
        List<T> result = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            result.add(element.apply(new JsonChecks(node.get(i), this, "[" + i + "]")));
        }
        return Collections.unmodifiableList(result);
    }

    /** The fields of an object, in order. */
    <T> Map<String, T> map(Function<JsonChecks, T> element) {
        Map<String, T> result = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : object().properties()) {
            result.put(field.getKey(), element.apply(new JsonChecks(field.getValue(), this, "." + field.getKey())));
        }
        return Collections.unmodifiableMap(result);
    }

    <E extends Enum<E>> E constant(Class<E> type, String what, String name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw unknown(what, name);
    }

    ApiError malformed(String problem) {
        return ApiError.badRequest("Malformed query plan: `" + path() + "` " + problem);
    }

    ApiError unknown(String what, String name) {
        return ApiError.unsupportedVersion(
                ("Unknown %s `%s` at `%s`: this version of Hasten does not support it; upgrade Hasten or use an older"
                                + " client")
                        .formatted(what, shortened(name), path()));
    }

    /** Built only for an error: a plan has many values but at most one error. */
    private String path() {
        StringBuilder path = new StringBuilder();
        for (JsonChecks json = this; json != null; json = json.parent) {
            path.insert(0, shortened(json.step));
        }
        return shortened(path.toString());
    }

    private JsonNode object() {
        JsonNode node = node();
        if (!node.isObject()) {
            throw malformed("must be an object");
        }
        return node;
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 100) + "..." + text.substring(text.length() - 97);
    }
}
