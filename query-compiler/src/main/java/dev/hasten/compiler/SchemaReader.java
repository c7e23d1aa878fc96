package dev.hasten.compiler;

import dev.hasten.compiler.SchemaDefinition.Field;
import dev.hasten.compiler.SchemaDefinition.FieldType;
import dev.hasten.compiler.SchemaDefinition.Model;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the declarations of a Prisma schema and checks the text before it reaches the compiler, which uses everything
 * that it can parse and trusts it. Rejects:
 *
 * <ul>
 *   <li>other databases: the compiler ignores the datasource and would generate PostgreSQL's SQL for a MySQL schema;
 *   <li>names with a double quote: the compiler writes {@code @map("a\"b")} into its SQL unescaped, so that an uploaded
 *       schema could inject SQL;
 *   <li>unterminated blocks, strings and comments: the text after them would bypass the rules above;
 *   <li>fields of an unknown type: the compiler would crash on the first query of the model.
 * </ul>
 *
 * <p>This class parses only what it needs to find the declarations and to distinguish names from other text; everything
 * else is left to the compiler. If the compiler might see a name where this class sees something else, the schema is
 * rejected.
 */
final class SchemaReader {
    private static final Set<String> POSTGRESQL = Set.of("postgresql", "postgres");
    /**
     * Functions whose argument is a value or is interpreted by PostgreSQL, but is never a name in the compiler's SQL.
     */
    private static final Set<String> NO_NAMES = Set.of("default", "dbgenerated", "Unsupported", "raw", "env");

    private final String schema;
    private int position;
    /** The number of open braces: 1 inside a block. */
    private int depth;

    private int blockStart;
    /**
     * The kind of the block, such as {@code model} or {@code datasource}: the first word of a line outside all blocks.
     */
    private String block = "";

    private String word = "";
    /** Whether only white space has followed {@code word =}. */
    private boolean assigned;
    /** The words before the open parentheses of this line. */
    private final Deque<String> calls = new ArrayDeque<>();
    /** The number of open parentheses and brackets. An attribute may continue on the next line while there are any. */
    private int brackets;

    private @Nullable String provider;

    /** Fields by name, by the name of their model or view. */
    private final Map<String, Map<String, Declared>> models = new LinkedHashMap<>();
    /** Names of enums and composite types. */
    private final Set<String> otherTypes = new HashSet<>();
    /** The fields of the current model or view; null in other blocks. */
    private @Nullable Map<String, Declared> fields;

    private Next next = Next.NOTHING;
    private String fieldName = "";

    /** The declaration that the next word could be part of. */
    private enum Next {
        BLOCK_NAME,
        FIELD_NAME,
        FIELD_TYPE,
        NOTHING
    }

    /**
     * The declared type of a field.
     *
     * @param end the position in the text after the type
     */
    private record Declared(String type, boolean list, int end) {}

    private SchemaReader(String schema) {
        this.schema = schema;
    }

    /** @throws SchemaException if the schema is rejected */
    static SchemaDefinition read(String schema) throws SchemaException {
        SchemaReader reader = new SchemaReader(schema);
        reader.scan();
        reader.checkProvider();
        return new SchemaDefinition(schema, reader.models());
    }

    private void scan() throws SchemaException {
        while (position < schema.length()) {
            char c = schema.charAt(position);
            if (c == '"') {
                string();
                next = Next.NOTHING;
            } else if (schema.startsWith("//", position)) {
                int end = schema.indexOf('\n', position);
                position = end < 0 ? schema.length() : end;
            } else if (schema.startsWith("/*", position)) {
                comment();
            } else if (Character.isLetter(c)) {
                word();
            } else {
                punctuation(c);
                position++;
            }
        }
        if (depth > 0) {
            throw unfinished("block", blockStart);
        }
    }

    private void checkProvider() throws SchemaException {
        if (provider == null) {
            throw new SchemaException("The schema has no datasource with a provider. Set provider = \"postgresql\".");
        }
        if (!POSTGRESQL.contains(provider)) {
            throw new SchemaException(
                    "The schema's datasource has the provider \"%s\". Hasten supports only \"postgresql\"."
                            .formatted(provider.length() > 40 ? provider.substring(0, 40) + "..." : provider));
        }
    }

    private Map<String, Model> models() throws SchemaException {
        Map<String, Model> result = new HashMap<>();
        for (var model : models.entrySet()) {
            Map<String, Field> known = new HashMap<>();
            for (var field : model.getValue().entrySet()) {
                Declared declared = field.getValue();
                FieldType type = FieldType.of(declared.type());
                if (type != null) {
                    known.put(field.getKey(), new Field.Column(type, declared.list()));
                } else if (models.containsKey(declared.type())) {
                    known.put(field.getKey(), new Field.Relation(declared.type()));
                } else if (!otherTypes.contains(declared.type())
                        && !declared.type().equals("Unsupported")) {
                    throw unknownType(declared);
                }
            }
            result.put(model.getKey(), new Model(known));
        }
        return result;
    }

    /** Has Prisma's own text. */
    private SchemaException unknownType(Declared declared) {
        long line = line(declared.end());
        return new SchemaException(
                "Type \"%s\" is neither a built-in type, nor refers to another model, composite type, or enum. At line %d: %s"
                        .formatted(
                                declared.type(),
                                line,
                                schema.lines()
                                        .skip(line - 1)
                                        .findFirst()
                                        .orElse("")
                                        .strip()));
    }

    private void string() throws SchemaException {
        int start = position;
        int end = start + 1;
        while (end < schema.length() && schema.charAt(end) != '"' && schema.charAt(end) != '\n') {
            end += schema.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= schema.length() || schema.charAt(end) != '"') {
            throw unfinished("string", start);
        }
        position = end + 1;
        String text = schema.substring(start + 1, end);
        if (block.equals("datasource")) {
            if (depth == 1 && assigned && word.equals("provider")) {
                if (provider != null) {
                    throw new SchemaException("The schema has more than one datasource provider.");
                }
                provider = text;
            }
        } else if (!block.equals("generator")
                && hasQuote(text)
                && !NO_NAMES.contains(calls.isEmpty() ? "" : calls.peek())) {
            throw new SchemaException(
                    "Line %d of the schema has a name with a double quote, which Hasten does not allow."
                            .formatted(line(start)));
        }
        assigned = false;
    }

    private void comment() throws SchemaException {
        int end = schema.indexOf("*/", position + 2);
        if (end < 0) {
            throw unfinished("comment", position);
        }
        if (hasQuote(schema.substring(position, end))) {
            throw new SchemaException(
                    "Line %d of the schema has a comment with an escaped quote, which Hasten does not allow."
                            .formatted(line(position)));
        }
        position = end + 2;
    }

    private void word() {
        int start = position;
        while (position < schema.length() && isWordPart(schema.charAt(position))) {
            position++;
        }
        word = schema.substring(start, position);
        assigned = false;
        if (depth == 0 && block.isEmpty()) {
            block = word;
            next = Next.BLOCK_NAME;
        } else {
            declaration();
        }
    }

    private void declaration() {
        switch (next) {
            case BLOCK_NAME -> {
                if (block.equals("model") || block.equals("view")) {
                    fields = new LinkedHashMap<>();
                    models.put(word, fields);
                } else if (block.equals("enum") || block.equals("type")) {
                    otherTypes.add(word);
                }
                next = Next.NOTHING;
            }
            case FIELD_NAME -> {
                fieldName = word;
                next = Next.FIELD_TYPE;
            }
            case FIELD_TYPE -> {
                if (fields != null) {
                    boolean list = position < schema.length() && schema.charAt(position) == '[';
                    fields.put(fieldName, new Declared(word, list, position));
                }
                next = Next.NOTHING;
            }
            case NOTHING -> {}
        }
    }

    private void punctuation(char c) throws SchemaException {
        switch (c) {
            case '{' -> {
                if (depth++ == 0) {
                    blockStart = position;
                    brackets = 0;
                }
            }
            case '}' -> {
                if (depth == 0) {
                    throw new SchemaException(
                            "Line %d of the schema has a closing brace without a block.".formatted(line(position)));
                }
                if (--depth == 0) {
                    endBlock();
                }
            }
            case '(' -> {
                calls.push(word);
                brackets++;
            }
            case ')' -> {
                calls.poll();
                brackets--;
            }
            case '[' -> brackets++;
            case ']' -> brackets--;
            case '\n' -> {
                // After a line that it cannot parse, the compiler continues with the next line.
                calls.clear();
                if (depth == 0) {
                    endBlock();
                }
            }
            default -> {}
        }
        assigned = c == '=' || (assigned && Character.isWhitespace(c));
        if (c == '{' || c == '\n') {
            next = depth == 1 && brackets <= 0 ? Next.FIELD_NAME : Next.NOTHING;
        } else if (!Character.isWhitespace(c)) {
            next = Next.NOTHING;
        }
    }

    private void endBlock() {
        block = "";
        fields = null;
    }

    /** Whether the text of a string contains a double quote, which can be written in two ways. */
    private static boolean hasQuote(String text) {
        return text.contains("\\\"") || text.contains("\\u0022");
    }

    private SchemaException unfinished(String what, int at) {
        return new SchemaException(
                "The schema has an unterminated %s that starts in line %d.".formatted(what, line(at)));
    }

    private long line(int at) {
        return 1 + schema.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }
}
