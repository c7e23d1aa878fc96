package dev.hasten.schema;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.JsonNumbers;
import dev.hasten.schema.DataModel.Field;
import dev.hasten.schema.DataModel.FieldType;
import dev.hasten.schema.DataModel.Model;
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
 * Takes the data out of queries, so that queries that differ in data only have one plan. A value is data when the schema
 * says that it stands where a column's value goes, and it looks like one of the column's type. Everything else stays as
 * it is, for the compiler to make sense of: what is not understood here costs a compilation, never a wrong plan.
 *
 * <p>Source: {@code client-engine-runtime/src/parameterization} of Prisma 7.10, which decides by a graph of all input
 * types; this class comes to the same by the few rules that those types follow.
 */
final class Parameterizer {
    /** What could be read can be written, with placeholders in it. */
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

    /** What is searched for in it is text. */
    private static final Field.Column SEARCHED = new Field.Column(FieldType.STRING, false);

    private final DataModel schema;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator out;
    private final Placeholders placeholders;

    /** What the columns of an object are for. */
    enum Purpose {
        FILTER,
        WRITE
    }

    private Parameterizer(DataModel schema, boolean shared) {
        this.schema = schema;
        this.out = JSON.createGenerator(text);
        this.placeholders = new Placeholders(out, shared);
    }

    /** A query as it is. */
    static String text(JsonNode query) {
        return JSON.writeValueAsString(query);
    }

    /** Takes the data out of {@code {modelName, action, query}}. */
    static ParameterizedQuery query(JsonNode query, DataModel schema) {
        // Rows that are only inserted must not differ by which of their values are equal.
        boolean inserts = query.path("action").asString("").startsWith("createMany");
        Parameterizer parameterizer = new Parameterizer(schema, !inserts);
        parameterizer.writeQuery(query);
        return parameterizer.result();
    }

    /** Takes the data out of {@code {batch: [...]}}; equal values of several queries get the same placeholder. */
    static ParameterizedQuery batch(Iterable<JsonNode> queries, DataModel schema) {
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

    /** All that is data in an order is what relevance is measured by. */
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

    /** The fields of {@code _count} are the model's relations again. */
    private @Nullable Model selectedModel(String name, Model model) {
        if (model.field(name) instanceof Field.Relation(String target)) {
            return schema.model(target);
        }
        return name.equals("_count") ? model : null;
    }

    /** An object, or a list of objects, whose members are fields of a model. */
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

    /** Such as {@code userId_postId: {userId: 1, postId: 2}}, under whatever name. */
    private static boolean isCompoundKey(JsonNode value, Model model) {
        return isPlainObject(value)
                && value.properties().stream()
                        .allMatch(member -> model.field(member.getKey()) instanceof Field.Column
                                && !member.getValue().isContainer());
    }

    /**
     * What is asked of, or done with, records of a related model. A name that is also a field of that model could mean
     * either.
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

    /** The data itself, or an object that has it in {@code data}, {@code create} or {@code update}. */
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

    /** A value to compare with, or an object of comparisons. */
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

    /** A value to write, or an object that says what to do with the old one. */
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

    /** A value that may be JSON, which looks like anything. */
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
     * Clients must not send placeholders: they would have no value, or that of one of ours. Decimals with huge exponents are
     * refused because the compiler would work on them for minutes.
     */
    private static void requireLiterals(JsonNode value) {
        if (!value.isContainer()) {
            return;
        }
        switch (value.path("$type").asString("")) {
            case "Param" ->
                throw ApiError.badRequest("Invalid request body: values of the type `Param` are not allowed");
            // Whatever is in there is the app's.
            case "Raw" -> {}
            case "Decimal" ->
                JsonNumbers.requireModerateExponent(value.path("value").asString(""));
            default -> value.forEach(Parameterizer::requireLiterals);
        }
    }

    /** Not a tagged value, which is a scalar. */
    private static boolean isPlainObject(JsonNode value) {
        return value.isObject() && !value.has("$type");
    }
}
