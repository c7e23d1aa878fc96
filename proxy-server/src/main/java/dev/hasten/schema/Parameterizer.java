package dev.hasten.schema;

import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.compiler.SchemaDefinition.Field;
import dev.hasten.compiler.SchemaDefinition.FieldType;
import dev.hasten.compiler.SchemaDefinition.Model;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.JsonNumbers;
import java.io.StringWriter;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Replaces the data of queries by placeholders, so that queries that differ only in their data share a plan. A value is
 * data if, according to the schema, its position takes a value of a column, and it looks like a value of the column's
 * type. Everything else is left unchanged for the compiler. So a value that is not recognized costs a compilation, but
 * never causes a wrong plan.
 *
 * <p>Source: {@code client-engine-runtime/src/parameterization} of Prisma 7.10. Prisma uses a graph of all input types;
 * this class reaches the same result with the few rules that those types follow.
 */
final class Parameterizer {
    /** Placeholders add levels of nesting, so the limit for writing is higher than the one for reading. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(2000)
                            .build())
                    .build())
            .build();

    private static final Set<String> LOGIC = Set.of("AND", "OR", "NOT");
    private static final Set<String> RELATION_FILTERS = Set.of("is", "isNot", "some", "every", "none");
    private static final Set<String> WRITES_BY_FILTER = Set.of("connect", "disconnect", "set", "delete", "deleteMany");
    private static final Set<String> WRITES_OF_DATA =
            Set.of("create", "createMany", "connectOrCreate", "update", "updateMany", "upsert");

    /** The column type for the argument of a search by relevance, which is text. */
    private static final Field.Column SEARCHED = new Field.Column(FieldType.STRING, false);

    private final SchemaDefinition schema;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator out;
    private final Placeholders placeholders;

    /** The purpose of the columns in an object: to filter records, or to write their values. */
    enum Purpose {
        FILTER,
        WRITE
    }

    private Parameterizer(SchemaDefinition schema, boolean shared) {
        this.schema = schema;
        this.out = JSON.createGenerator(text);
        this.placeholders = new Placeholders(out, shared);
    }

    /** Returns a query unchanged, without placeholders. */
    static String text(JsonNode query) {
        return JSON.writeValueAsString(query);
    }

    /** Replaces the data of {@code {modelName, action, query}}. */
    static ParameterizedQuery query(JsonNode query, SchemaDefinition schema) {
        // Inserts must have the same plan whether or not some of their values are equal.
        boolean inserts = query.path("action").asString("").startsWith("createMany");
        Parameterizer parameterizer = new Parameterizer(schema, !inserts);
        parameterizer.writeQuery(query);
        return parameterizer.result();
    }

    /** Replaces the data of {@code {batch: [...]}}. Equal values in different queries get the same placeholder. */
    static ParameterizedQuery batch(Iterable<JsonNode> queries, SchemaDefinition schema) {
        Parameterizer parameterizer = new Parameterizer(schema, true);
        parameterizer.out.writeStartObject();
        parameterizer.out.writeName("batch");
        parameterizer.out.writeStartArray();
        queries.forEach(parameterizer::writeQuery);
        parameterizer.out.writeEndArray();
        parameterizer.out.writeEndObject();
        return parameterizer.result();
    }

    private ParameterizedQuery result() {
        out.close();
        return new ParameterizedQuery(text.toString(), placeholders.values());
    }

    private void writeQuery(JsonNode query) {
        JsonNode name = query.get("modelName");
        Model model = name != null && name.isString() ? schema.model(name.stringValue()) : null;
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : query.properties()) {
            out.writeName(member.getKey());
            if (model != null && member.getKey().equals("query")) {
                writeFieldSelection(member.getValue(), model);
            } else {
                writeAsItIs(member.getValue());
            }
        }
        out.writeEndObject();
    }

    private void writeFieldSelection(JsonNode selected, Model model) {
        if (!isPlainObject(selected)) {
            writeAsItIs(selected);
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : selected.properties()) {
            out.writeName(member.getKey());
            switch (member.getKey()) {
                case "arguments" -> writeArguments(member.getValue(), model);
                case "selection" -> writeSelection(member.getValue(), model);
                default -> writeAsItIs(member.getValue());
            }
        }
        out.writeEndObject();
    }

    private void writeArguments(JsonNode arguments, Model model) {
        if (!isPlainObject(arguments)) {
            writeAsItIs(arguments);
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : arguments.properties()) {
            out.writeName(member.getKey());
            switch (member.getKey()) {
                case "where", "cursor", "having" -> writeRecords(member.getValue(), model, Purpose.FILTER);
                case "data", "create", "update" -> writeRecords(member.getValue(), model, Purpose.WRITE);
                case "orderBy" -> writeOrder(member.getValue());
                default -> writeAsItIs(member.getValue());
            }
        }
        out.writeEndObject();
    }

    /** The only data in {@code orderBy} are the search terms of {@code _relevance}. */
    private void writeOrder(JsonNode order) {
        if (order.isArray()) {
            out.writeStartArray();
            order.forEach(this::writeOrder);
            out.writeEndArray();
        } else if (isPlainObject(order.path("_relevance"))) {
            out.writeStartObject();
            for (Map.Entry<String, JsonNode> member : order.properties()) {
                out.writeName(member.getKey());
                if (member.getKey().equals("_relevance")) {
                    writeFilter(member.getValue(), SEARCHED);
                } else {
                    writeAsItIs(member.getValue());
                }
            }
            out.writeEndObject();
        } else {
            writeAsItIs(order);
        }
    }

    private void writeSelection(JsonNode selection, Model model) {
        if (!isPlainObject(selection)) {
            writeAsItIs(selection);
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : selection.properties()) {
            out.writeName(member.getKey());
            Model target = selectedModel(member.getKey(), model);
            if (target == null) {
                writeAsItIs(member.getValue());
            } else {
                writeFieldSelection(member.getValue(), target);
            }
        }
        out.writeEndObject();
    }

    /** Returns the model of a selected field. The fields of {@code _count} are the relations of the same model. */
    private @Nullable Model selectedModel(String name, Model model) {
        if (model.field(name) instanceof Field.Relation(String target)) {
            return schema.model(target);
        }
        return name.equals("_count") ? model : null;
    }

    /** Writes an object, or a list of objects, whose members are fields of a model. */
    private void writeRecords(JsonNode value, Model model, Purpose purpose) {
        if (value.isArray()) {
            out.writeStartArray();
            value.forEach(element -> writeRecords(element, model, purpose));
            out.writeEndArray();
        } else if (isPlainObject(value)) {
            out.writeStartObject();
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                out.writeName(member.getKey());
                writeField(member.getKey(), member.getValue(), model, purpose);
            }
            out.writeEndObject();
        } else {
            writeAsItIs(value);
        }
    }

    private void writeField(String name, JsonNode value, Model model, Purpose purpose) {
        switch (model.field(name)) {
            case Field.Column column when purpose == Purpose.FILTER -> writeFilter(value, column);
            case Field.Column column -> writeData(value, column);
            case Field.Relation(String target) -> {
                Model related = schema.model(target);
                if (related == null) {
                    writeAsItIs(value);
                } else {
                    writeRelation(value, related, purpose);
                }
            }
            case null -> {
                if (LOGIC.contains(name) || isCompoundKey(value, model)) {
                    writeRecords(value, model, purpose);
                } else {
                    writeAsItIs(value);
                }
            }
        }
    }

    /** Whether this is a compound key such as {@code userId_postId: {userId: 1, postId: 2}}; it can have any name. */
    private static boolean isCompoundKey(JsonNode value, Model model) {
        return isPlainObject(value)
                && value.properties().stream()
                        .allMatch(member -> model.field(member.getKey()) instanceof Field.Column
                                && !member.getValue().isContainer());
    }

    /**
     * Writes a filter on records of a related model, or a nested write. A member such as {@code create} is ambiguous if
     * the related model has a field of that name.
     */
    private void writeRelation(JsonNode value, Model target, Purpose purpose) {
        if (!isPlainObject(value)) {
            writeAsItIs(value);
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String name = member.getKey();
            out.writeName(name);
            boolean ambiguous = target.field(name) != null;
            if (purpose == Purpose.FILTER) {
                if (!RELATION_FILTERS.contains(name)) {
                    writeField(name, member.getValue(), target, Purpose.FILTER);
                } else if (ambiguous) {
                    writeAsItIs(member.getValue());
                } else {
                    writeRecords(member.getValue(), target, Purpose.FILTER);
                }
            } else if (!ambiguous && WRITES_BY_FILTER.contains(name)) {
                writeRecords(member.getValue(), target, Purpose.FILTER);
            } else if (!ambiguous && WRITES_OF_DATA.contains(name)) {
                writeNestedWrite(member.getValue(), target);
            } else {
                writeAsItIs(member.getValue());
            }
        }
        out.writeEndObject();
    }

    /**
     * Writes the data of a nested write, or an object that contains it in {@code data}, {@code create} or
     * {@code update}.
     */
    private void writeNestedWrite(JsonNode value, Model target) {
        if (value.isArray()) {
            out.writeStartArray();
            value.forEach(element -> writeNestedWrite(element, target));
            out.writeEndArray();
            return;
        }
        if (!isPlainObject(value)) {
            writeAsItIs(value);
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String name = member.getKey();
            out.writeName(name);
            switch (name) {
                case "where", "data", "create", "update" -> {
                    if (target.field(name) != null) {
                        writeAsItIs(member.getValue());
                    } else {
                        writeRecords(member.getValue(), target, name.equals("where") ? Purpose.FILTER : Purpose.WRITE);
                    }
                }
                default -> writeField(name, member.getValue(), target, Purpose.WRITE);
            }
        }
        out.writeEndObject();
    }

    /** Writes a value to compare with, or an object of comparisons. */
    private void writeFilter(JsonNode value, Field.Column column) {
        if (!isPlainObject(value)) {
            writeValue(value, column.type(), column.list());
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            out.writeName(member.getKey());
            writeComparison(member.getKey(), member.getValue(), column);
        }
        out.writeEndObject();
    }

    private void writeComparison(String name, JsonNode value, Field.Column column) {
        FieldType type = column.type();
        switch (name) {
            case "equals" -> writeOperand(value, type, column.list());
            case "not" -> {
                if (type == FieldType.JSON) {
                    writeOperand(value, type, false);
                } else {
                    writeFilter(value, column);
                }
            }
            case "lt", "lte", "gt", "gte", "has", "array_contains", "array_starts_with", "array_ends_with" ->
                writeOperand(value, type, false);
            case "contains",
                    "startsWith",
                    "endsWith",
                    "search",
                    "string_contains",
                    "string_starts_with",
                    "string_ends_with" -> writeValue(value, FieldType.STRING, false);
            case "in", "notIn", "hasEvery", "hasSome" -> writeOperand(value, type, true);
            case "_min", "_max", "_sum" -> writeFilter(value, column);
            case "_count" -> writeFilter(value, new Field.Column(FieldType.INT, false));
            case "_avg" -> writeFilter(value, new Field.Column(averageOf(type), false));
            default -> writeAsItIs(value);
        }
    }

    private static FieldType averageOf(FieldType type) {
        return type == FieldType.DECIMAL ? type : FieldType.FLOAT;
    }

    /** Writes the new value of a column, or an object with an operation such as {@code increment}. */
    private void writeData(JsonNode value, Field.Column column) {
        if (isPlainObject(value) && (column.list() || column.type() != FieldType.JSON)) {
            out.writeStartObject();
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                out.writeName(member.getKey());
                writeChange(member.getKey(), member.getValue(), column);
            }
            out.writeEndObject();
        } else if (column.list()) {
            writeAsItIs(value);
        } else {
            writeOperand(value, column.type(), false);
        }
    }

    private void writeChange(String name, JsonNode value, Field.Column column) {
        switch (name) {
            case "set" -> writeOperand(value, column.type(), column.list());
            case "increment", "decrement", "multiply", "divide" -> writeValue(value, column.type(), false);
            case "push" -> writeOperand(value, column.type(), column.list() && value.isArray());
            default -> writeAsItIs(value);
        }
    }

    /** Writes a value of any type. JSON needs its own rules, because any value can be JSON. */
    private void writeOperand(JsonNode value, FieldType type, boolean list) {
        if (type != FieldType.JSON || list) {
            writeValue(value, type, list);
        } else if (!placeholders.writeJson(value)) {
            writeAsItIs(value);
        }
    }

    private void writeValue(JsonNode value, FieldType type, boolean list) {
        boolean written = list ? placeholders.writeList(value, type) : placeholders.write(value, type);
        if (!written) {
            writeAsItIs(value);
        }
    }

    private void writeAsItIs(JsonNode value) {
        requireLiterals(value);
        JSON.writeTree(out, value);
    }

    /**
     * Rejects placeholders sent by clients: they would have no value, or the value of one of our placeholders. Rejects
     * decimals with huge exponents, because the compiler would take minutes to process them.
     */
    private static void requireLiterals(JsonNode value) {
        if (!value.isContainer()) {
            return;
        }
        switch (value.path("$type").asString("")) {
            case "Param" ->
                throw ApiError.badRequest("Invalid request body: values of the type `Param` are not allowed");
            // The content belongs to the app and is not interpreted.
            case "Raw" -> {}
            case "Decimal" ->
                JsonNumbers.requireModerateExponent(value.path("value").asString(""));
            default -> value.forEach(Parameterizer::requireLiterals);
        }
    }

    /** Whether this is an object and not a tagged value, which is a scalar. */
    private static boolean isPlainObject(JsonNode value) {
        return value.isObject() && !value.has("$type");
    }
}
