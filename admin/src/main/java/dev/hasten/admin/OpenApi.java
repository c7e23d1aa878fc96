package dev.hasten.admin;

import dev.hasten.admin.AdminCall.Access;
import dev.hasten.admin.AdminCall.Answer;
import dev.hasten.admin.AdminCall.Parameter;
import dev.hasten.telemetry.HastenVersion;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI 3.1 document of the admin API. The schemas are made from the records that are sent and received. */
final class OpenApi {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([a-z]+)}");
    private static final String ERROR = "Error";

    private final Map<Class<?>, String> names = new HashMap<>();
    private final Map<String, JsonNode> schemas = new TreeMap<>();

    private OpenApi() {}

    /** Returns the document. */
    static byte[] of(List<AdminCall> calls) {
        return JsonMapper.shared().writeValueAsBytes(new OpenApi().document(calls));
    }

    private ObjectNode document(List<AdminCall> calls) {
        ObjectNode document = NODES.objectNode().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Hasten admin API")
                .put("version", HastenVersion.text())
                .put("description", "Times are in ISO 8601. Names that end in _ms are milliseconds, in _bytes bytes.");
        ObjectNode paths = document.putObject("paths");
        for (AdminCall call : calls) {
            ObjectNode path =
                    paths.has(call.path()) ? (ObjectNode) paths.get(call.path()) : paths.putObject(call.path());
            path.set(call.method().toLowerCase(java.util.Locale.ROOT), operation(call));
        }
        schemas.put(ERROR, error());
        ObjectNode components = document.putObject("components");
        ObjectNode listed = components.putObject("schemas");
        schemas.forEach(listed::set);
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "The admin token, or, for calls that only read, the read token.");
        return document;
    }

    private ObjectNode operation(AdminCall call) {
        ObjectNode operation = NODES.objectNode().put("summary", call.summary()).put("operationId", operationId(call));
        ArrayNode security = operation.putArray("security");
        if (call.access() != Access.OPEN) {
            security.addObject().putArray("token");
        }
        ArrayNode parameters = NODES.arrayNode();
        Matcher inPath = PATH_PARAMETER.matcher(call.path());
        while (inPath.find()) {
            parameter(parameters, "path", inPath.group(1), true);
        }
        for (Parameter parameter : call.parameters()) {
            parameter(parameters, "query", parameter.name(), false).put("description", parameter.description());
        }
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        if (call.body() != null) {
            ObjectNode body = operation.putObject("requestBody");
            content(body, "application/json", reference(call.body()));
        }
        ObjectNode responses = operation.putObject("responses");
        Answer answer = call.answer();
        ObjectNode success = responses
                .putObject(Integer.toString(answer.status()))
                .put("description", answer.status() == 204 ? "Done" : "The response");
        if (answer.mediaType() != null) {
            content(
                    success,
                    answer.mediaType(),
                    answer.json() == null ? NODES.objectNode().put("type", "string") : reference(answer.json()));
        }
        ObjectNode failure = responses.putObject("default").put("description", "An error");
        content(failure, "application/json", NODES.objectNode().put("$ref", "#/components/schemas/" + ERROR));
        return operation;
    }

    private static String operationId(AdminCall call) {
        String words = call.path().replaceAll("[{}]", "").replaceAll("[^a-zA-Z]+", "_");
        return (call.method().toLowerCase(java.util.Locale.ROOT) + words).replaceAll("_$", "");
    }

    private static ObjectNode parameter(ArrayNode parameters, String in, String name, boolean required) {
        ObjectNode parameter =
                parameters.addObject().put("name", name).put("in", in).put("required", required);
        parameter.putObject("schema").put("type", "string");
        return parameter;
    }

    private static void content(ObjectNode owner, String mediaType, JsonNode schema) {
        owner.putObject("content").putObject(mediaType).set("schema", schema);
    }

    private ObjectNode reference(Class<?> record) {
        return NODES.objectNode().put("$ref", "#/components/schemas/" + define(record));
    }

    private String define(Class<?> record) {
        String known = names.get(record);
        if (known != null) {
            return known;
        }
        String simple = record.getSimpleName();
        Class<?> enclosing = record.getEnclosingClass();
        String name = names.containsValue(simple) && enclosing != null ? enclosing.getSimpleName() + simple : simple;
        names.put(record, name);
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ObjectNode properties = NODES.objectNode();
        List<String> required = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            properties.set(AdminJson.name(component), schema(component));
            if (!AdminJson.isOptional(component)) {
                required.add(AdminJson.name(component));
            }
        }
        schema.set("properties", properties);
        ArrayNode names = schema.putArray("required");
        required.forEach(names::add);
        schemas.put(name, schema);
        return name;
    }

    private JsonNode schema(RecordComponent component) {
        ObjectNode schema = schema(component.getType(), component);
        if (!AdminJson.isOptional(component)) {
            return schema;
        }
        if (schema.has("type") && !schema.has("enum")) {
            String type = schema.get("type").stringValue();
            schema.putArray("type").add(type).add("null");
            return schema;
        }
        ObjectNode either = NODES.objectNode();
        either.putArray("anyOf").add(schema).add(NODES.objectNode().put("type", "null"));
        return either;
    }

    private ObjectNode schema(Class<?> type, RecordComponent component) {
        if (type == String.class || type == java.time.LocalDate.class || type == java.time.YearMonth.class) {
            return NODES.objectNode().put("type", "string");
        }
        if (type == Instant.class) {
            return NODES.objectNode().put("type", "string").put("format", "date-time");
        }
        if (type == boolean.class || type == Boolean.class) {
            return NODES.objectNode().put("type", "boolean");
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return NODES.objectNode().put("type", "integer");
        }
        if (type == double.class || type == Double.class) {
            return NODES.objectNode().put("type", "number");
        }
        if (type == List.class) {
            ObjectNode list = NODES.objectNode().put("type", "array");
            list.set("items", schema(AdminJson.elementType(component), component));
            return list;
        }
        if (type == Map.class) {
            ObjectNode map = NODES.objectNode().put("type", "object");
            map.set("additionalProperties", schema(AdminJson.elementType(component), component));
            return map;
        }
        if (type.isEnum()) {
            ObjectNode choice = NODES.objectNode().put("type", "string");
            ArrayNode words = choice.putArray("enum");
            AdminJson.words(type).forEach(words::add);
            return choice;
        }
        if (type.isRecord()) {
            return reference(type);
        }
        // A value whose form the summary describes.
        return NODES.objectNode();
    }

    private static ObjectNode error() {
        ObjectNode error = NODES.objectNode().put("type", "object");
        ObjectNode properties = error.putObject("properties");
        properties.putObject("code").put("type", "string");
        properties.putObject("message").put("type", "string");
        error.putArray("required").add("code").add("message");
        return error;
    }
}
