package dev.hasten.dataproxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.protocol.MeteredParser;
import dev.hasten.protocol.ParseMeter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Converts the rows of a raw query to the format of clients before 5.17: each row is an object, and each value has its
 * type. Source: {@code utils/deserializeRawResults.ts} of Prisma 5.16 and 5.17, between which the format changed.
 */
final class RawRows {
    private static final String ARRAY = "-array";
    private static final JsonMapper JSON = JsonMapper.shared();

    private RawRows() {}

    /** Converts {@code {columns, types, rows}} to {@code [{column: {prisma__type, prisma__value}}]}. */
    static JsonBuffer typed(JsonBuffer response, ParseMeter meter) {
        JsonNode table = MeteredParser.tree(JSON, response.toString(), meter);
        JsonNode columns = table.path("columns");
        JsonNode types = table.path("types");
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (JsonNode row : table.path("rows")) {
            ObjectNode object = rows.addObject();
            for (int i = 0; i < row.size(); i++) {
                object.set(
                        columns.get(i).stringValue(),
                        typed(row.get(i), types.get(i).stringValue()));
            }
        }
        return JsonBuffer.of(rows.toString().getBytes(UTF_8));
    }

    private static JsonNode typed(JsonNode value, String type) {
        ObjectNode typed = JsonNodeFactory.instance.objectNode();
        if (value.isNull()) {
            return typed.put("prisma__type", "null").set("prisma__value", value);
        }
        if (!type.endsWith(ARRAY)) {
            return typed.put("prisma__type", type).set("prisma__value", value);
        }
        ArrayNode elements = JsonNodeFactory.instance.arrayNode(value.size());
        String elementType = type.substring(0, type.length() - ARRAY.length());
        value.forEach(element -> elements.add(typed(element, elementType)));
        return typed.put("prisma__type", "array").set("prisma__value", elements);
    }
}
