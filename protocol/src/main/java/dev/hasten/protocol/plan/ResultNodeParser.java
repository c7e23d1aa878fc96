package dev.hasten.protocol.plan;

import dev.hasten.protocol.plan.ResultNode.FieldNode;
import dev.hasten.protocol.plan.ResultNode.FieldType;
import dev.hasten.protocol.plan.ResultNode.NamedNode;
import dev.hasten.protocol.plan.ResultNode.ObjectNode;
import dev.hasten.protocol.plan.ResultNode.Scalar;
import java.util.List;
import java.util.Locale;

/** Parses the structure of a response. */
final class ResultNodeParser {
    private ResultNodeParser() {}

    static ResultNode parse(JsonChecks json) {
        return parse(json, "");
    }

    /** A field node may omit its column if it equals the field name. */
    private static ResultNode parse(JsonChecks json, String name) {
        String type = json.text("type");
        return switch (type) {
            case "affectedRows" -> new ResultNode.AffectedRows();
            case "object" ->
                new ObjectNode(
                        fields(json.get("fields")),
                        json.has("serializedName") ? json.text("serializedName") : null,
                        json.has("skipNulls") && json.flag("skipNulls"));
            case "field" ->
                new FieldNode(json.has("dbName") ? json.text("dbName") : name, fieldType(json.get("fieldType")));
            default -> throw json.unknown("result node type", type);
        };
    }

    private static List<NamedNode> fields(JsonChecks fields) {
        return fields.map(field -> field).entrySet().stream()
                .map(entry -> new NamedNode(entry.getKey(), parse(entry.getValue(), entry.getKey())))
                .toList();
    }

    private static FieldType fieldType(JsonChecks json) {
        boolean list = json.text("arity").equals("list");
        String type = json.text("type");
        if (type.equals("enum")) {
            return new FieldType(list, Scalar.ENUM, json.text("name"));
        }
        if (type.equals("bytes")) {
            String encoding = json.text("encoding");
            return new FieldType(list, json.constant(Scalar.class, "bytes encoding", "BYTES_" + upper(encoding)), null);
        }
        return new FieldType(list, json.constant(Scalar.class, "field type", upper(type)), null);
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }
}
