package dev.hasten.sql;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Converts JSON values to the text of parameters, like {@code json_to_pg_text} of Neon's proxy. */
final class SqlParameter {
    private SqlParameter() {}

    /**
     * Returns a value in PostgreSQL's text format: numbers unchanged, objects as JSON, and lists as arrays. Returns
     * null for NULL.
     */
    static @Nullable String text(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL, MISSING -> null;
            case STRING -> value.stringValue();
            case ARRAY -> array(value, new StringBuilder()).toString();
            case BOOLEAN, NUMBER, OBJECT, BINARY, POJO -> value.toString();
        };
    }

    private static StringBuilder array(JsonNode list, StringBuilder out) {
        out.append('{');
        String separator = "";
        for (JsonNode element : list) {
            out.append(separator);
            separator = ",";
            switch (element.getNodeType()) {
                case NULL, MISSING -> out.append("NULL");
                case ARRAY -> array(element, out);
                case BOOLEAN, NUMBER -> out.append(element);
                case STRING -> quoted(element.stringValue(), out);
                case OBJECT, BINARY, POJO -> quoted(element.toString(), out);
            }
        }
        return out.append('}');
    }

    private static void quoted(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }
}
