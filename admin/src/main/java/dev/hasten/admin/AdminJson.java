package dev.hasten.admin;

import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON format of the admin API: names are in snake_case, as in the configuration, unless a record declares
 * otherwise; times are in ISO 8601; words from a list are in lower case.
 */
final class AdminJson {
    /** Longest name in an error, in characters. */
    private static final int SHOWN_NAME = 50;

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    private AdminJson() {}

    /** A response with this record. It must not be stored by caches, because it is a snapshot or contains a secret. */
    static Response response(int status, Record body) {
        return Response.json(status, bytes(body)).header("Cache-Control", "no-store");
    }

    /** The record as JSON. */
    static byte[] bytes(Record body) {
        return JSON.writeValueAsBytes(body);
    }

    /**
     * Reads a body. A component that may be null is optional.
     *
     * @throws ApiError 400 if the body is not a JSON object with these fields; the text says what is wrong
     */
    static <R extends Record> R read(byte[] body, Class<R> type) {
        JsonNode object = object(body);
        List<String> allowed =
                Arrays.stream(type.getRecordComponents()).map(AdminJson::name).toList();
        for (String name : object.propertyNames()) {
            if (!allowed.contains(name)) {
                throw ApiError.badRequest("The body has the unknown field `" + shortened(name) + "`; allowed fields: "
                        + String.join(", ", allowed));
            }
        }
        for (RecordComponent component : type.getRecordComponents()) {
            check(component, object.get(name(component)));
        }
        return JSON.treeToValue(object, type);
    }

    private static String shortened(String name) {
        return name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "..." : name;
    }

    private static JsonNode object(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            // Reported below; Jackson's own message would quote the body.
        }
        throw ApiError.badRequest("The body must be one JSON object without duplicate fields");
    }

    private static void check(RecordComponent component, @Nullable JsonNode value) {
        String name = name(component);
        if (value == null || value.isNull()) {
            if (!isOptional(component)) {
                throw ApiError.badRequest("`" + name + "` is missing; it must be " + description(component));
            }
        } else if (!fits(component, value)) {
            throw ApiError.badRequest("`" + name + "` must be " + description(component));
        }
    }

    private static boolean fits(RecordComponent component, JsonNode value) {
        Class<?> type = component.getType();
        if (type == JsonNode.class) {
            return true;
        }
        if (type == String.class) {
            return value.isString();
        }
        if (type == List.class) {
            return value.isArray() && value.valueStream().allMatch(JsonNode::isString);
        }
        if (type == Integer.class) {
            return value.isIntegralNumber() && value.canConvertToInt();
        }
        if (type == Long.class) {
            return value.isIntegralNumber() && value.canConvertToLong();
        }
        if (type.isEnum()) {
            return value.isString() && words(type).contains(value.stringValue());
        }
        throw new IllegalStateException("fields of the type " + type + " are not supported");
    }

    private static String description(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == String.class) {
            return "a string";
        }
        if (type == List.class) {
            return "a list of strings";
        }
        return type.isEnum() ? "one of " + String.join(", ", words(type)) : "a whole number";
    }

    /** The words for the constants of an enum. */
    static List<String> words(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toList());
    }

    /** The name of a component in JSON. */
    static String name(RecordComponent component) {
        boolean snakeCase = !component.getDeclaringRecord().isAnnotationPresent(JsonNaming.class);
        return snakeCase
                ? component.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT)
                : component.getName();
    }

    /** Whether a component may be null. */
    static boolean isOptional(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** The element type of a list, or the value type of a map. */
    static Class<?> elementType(RecordComponent component) {
        ParameterizedType generic = (ParameterizedType) component.getGenericType();
        return (Class<?>) generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
    }
}
