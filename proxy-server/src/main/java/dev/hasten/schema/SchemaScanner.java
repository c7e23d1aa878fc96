package dev.hasten.schema;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds the models and views in the text of a schema, with their fields, and the names of enums and composite types.
 * Skips everything else: other blocks, attributes and comments.
 */
final class SchemaScanner {
    private static final char END = '\0';

    private final String text;
    private int at;
    private final Map<String, Map<String, FieldType>> models = new HashMap<>();

    private final Set<String> otherTypes = new HashSet<>();

    /**
     * The declared type of a field.
     *
     * @param end the position in the text after the type
     */
    record FieldType(String name, boolean list, int end) {}

    SchemaScanner(String text) {
        this.text = text;
    }

    /** Returns the fields by name, for each model and view by name. */
    Map<String, Map<String, FieldType>> models() {
        return models;
    }

    void scan() {
        while (true) {
            skipSpace();
            if (current() == END) {
                return;
            }
            String kind = word();
            skipSpace();
            String name = word();
            skipSpace();
            if (kind.isEmpty() || current() != '{') {
                skipLine();
                if (current() == '}') {
                    at++;
                }
                continue;
            }
            at++;
            if (kind.equals("model") || kind.equals("view")) {
                models.put(name, fields());
            } else {
                if (kind.equals("enum") || kind.equals("type")) {
                    otherTypes.add(name);
                }
                skipBlock();
            }
        }
    }

    /** Returns the names of enums and composite types. */
    Set<String> otherTypes() {
        return otherTypes;
    }

    private Map<String, FieldType> fields() {
        Map<String, FieldType> fields = new HashMap<>();
        while (beginMember()) {
            String name = word();
            skipBlanks();
            String type = word();
            if (!name.isEmpty() && !type.isEmpty()) {
                fields.put(name, new FieldType(type, current() == '[', at));
            }
            skipLine();
        }
        return fields;
    }

    /** Whether the block has another member. Skips the closing brace at the end of the block. */
    private boolean beginMember() {
        skipSpace();
        if (current() == '}') {
            at++;
            return false;
        }
        return current() != END;
    }

    private void skipBlock() {
        while (beginMember()) {
            skipLine();
        }
    }

    /** Skips the rest of the line. Text in parentheses or brackets may span several lines. */
    private void skipLine() {
        int depth = 0;
        while (current() != END) {
            switch (current()) {
                case '"' -> {
                    skipString();
                    continue;
                }
                case '(', '[' -> depth++;
                case ')', ']' -> depth--;
                case '/' -> {
                    if (skipComment()) {
                        continue;
                    }
                }
                case '\n' -> {
                    if (depth <= 0) {
                        return;
                    }
                }
                case '}' -> {
                    if (depth <= 0) {
                        return;
                    }
                }
                default -> {}
            }
            at++;
        }
    }

    private void skipBlanks() {
        while (current() == ' ' || current() == '\t') {
            at++;
        }
    }

    private void skipSpace() {
        while (true) {
            if (current() != END && Character.isWhitespace(current())) {
                at++;
            } else if (!skipComment()) {
                return;
            }
        }
    }

    /** Skips a comment if one starts here. */
    private boolean skipComment() {
        if (text.startsWith("//", at)) {
            while (current() != '\n' && current() != END) {
                at++;
            }
            return true;
        }
        if (text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            at = end < 0 ? text.length() : end + 2;
            return true;
        }
        return false;
    }

    /** Reads a name; returns an empty string, without advancing, if there is none. */
    private String word() {
        int start = at;
        while (Character.isLetterOrDigit(current()) || current() == '_' || (current() == '-' && at > start)) {
            at++;
        }
        return text.substring(start, at);
    }

    private void skipString() {
        at++;
        while (current() != '"' && current() != '\n' && current() != END) {
            at += current() == '\\' ? 2 : 1;
        }
        if (current() == '"') {
            at++;
        }
    }

    private char current() {
        return at < text.length() ? text.charAt(at) : END;
    }
}
