package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.Rows;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.ResultNode;
import dev.hasten.protocol.plan.ResultNode.FieldNode;
import dev.hasten.protocol.plan.ResultNode.NamedNode;
import dev.hasten.protocol.plan.ResultNode.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows in the shape of the response ({@code interpreter/data-mapper.ts} followed by normalizeJsonProtocolValues
 * of {@code json-protocol.ts}). The values of unchanged rows are written directly from PostgreSQL's text.
 */
final class DataMapper {
    private final JsonBuffer out;
    private final FieldWriter fields;
    private final Budget budget;

    private DataMapper(JsonBuffer out, Map<String, Map<String, String>> enums, Budget budget) {
        this.out = out;
        this.budget = budget;
        this.fields = new FieldWriter(out, enums);
    }

    /**
     * Writes a value in the given shape.
     *
     * @param out an empty buffer for the result
     * @throws ApiError P2023 if the data does not have the shape, P6009 if the result is too large
     */
    static JsonFragment map(
            @Nullable Object value,
            ResultNode structure,
            Map<String, Map<String, String>> enums,
            JsonBuffer out,
            Budget budget) {
        DataMapper mapper = new DataMapper(out, enums, budget);
        switch (structure) {
            case ResultNode.AffectedRows _ -> mapper.affectedRows(value);
            case ObjectNode object -> mapper.objects(value, object);
            case FieldNode field -> mapper.fields.write(value, "<result>", field.type());
        }
        return new JsonFragment(out);
    }

    private void affectedRows(@Nullable Object value) {
        if (!(value instanceof Number count)) {
            throw inconsistent("Expected an affected rows count, got: " + JsValues.typeOf(value));
        }
        out.ascii("{\"count\":")
                .ascii(JsValues.toText(JsValues.number(count.doubleValue())))
                .raw('}');
    }

    /** Writes a list of objects, an object or null, depending on the value. A string contains one of these as JSON. */
    private void objects(@Nullable Object value, ObjectNode node) {
        switch (value) {
            case null -> out.nullValue();
            case RowSet set when !set.hasRecords() -> rows(set.columns(), set.rows(), node);
            case RowSet set -> list(set.records(), node);
            case List<?> list -> list(list, node);
            case String json -> parsed(json, node);
            case Row _, Map<?, ?> _ -> object(value, node);
            default -> throw inconsistent("Expected an array or an object, got: " + JsValues.typeOf(value));
        }
    }

    /** Releases the memory of the parsed value after writing it. */
    private void parsed(String json, ObjectNode node) {
        long held = budget.held();
        objects(JsValues.parseJson(json, budget.parsing()), node);
        budget.release(held);
    }

    private void list(List<?> list, ObjectNode node) {
        out.raw('[');
        boolean first = true;
        for (Object element : list) {
            if (element == null && node.skipNulls()) {
                continue;
            }
            if (!first) {
                out.raw(',');
            }
            first = false;
            object(element, node);
        }
        out.raw(']');
    }

    private void object(@Nullable Object record, ObjectNode node) {
        out.checkpoint();
        if (!Records.isRecord(record)) {
            throw inconsistent("Expected an object, but got '" + JsValues.typeOf(record) + "'");
        }
        out.raw('{');
        for (int i = 0; i < node.fields().size(); i++) {
            NamedNode named = node.fields().get(i);
            member(i, named);
            switch (named.node()) {
                case ResultNode.AffectedRows _ -> throw unexpectedAffectedRows(named.name());
                case ObjectNode nested -> nested(record, named.name(), nested);
                case FieldNode field -> field(record, field);
            }
        }
        out.raw('}');
    }

    private void nested(@Nullable Object record, String name, ObjectNode nested) {
        String source = nested.serializedName();
        if (source == null) {
            objects(record, nested);
            return;
        }
        Object value = Records.get(record, source);
        if (value == Undefined.UNDEFINED) {
            throw inconsistent("Missing data field (Object): '" + name + "'");
        }
        objects(value, nested);
    }

    private void field(@Nullable Object record, FieldNode field) {
        if (record instanceof Row row) {
            int index = row.shape().indexOf(field.column());
            if (index < 0) {
                throw missing(field);
            }
            Object cell = row.cell(index);
            if (row.shape().isColumn(index) && (cell == null || cell instanceof byte[])) {
                fields.writeText((byte[]) cell, row.shape().type(index), field);
            } else {
                fields.write(cell, field.column(), field.type());
            }
            return;
        }
        Object value = Records.get(record, field.column());
        if (value == Undefined.UNDEFINED) {
            throw missing(field);
        }
        fields.write(value, field.column(), field.type());
    }

    private void rows(Columns columns, Rows rows, ObjectNode node) {
        Layout layout = new Layout(columns, node);
        out.raw('[');
        for (int i = 0; i < rows.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.checkpoint();
            row(rows, i, layout);
        }
        out.raw(']');
    }

    private void row(Rows rows, int row, Layout layout) {
        out.raw('{');
        for (int i = 0; i < layout.nodes.length; i++) {
            member(i, layout.fields.get(i));
            switch (layout.nodes[i]) {
                case FieldNode field -> {
                    int index = layout.indexes[i];
                    fields.writeText(rows.cell(row, index), layout.types[i], field);
                }
                case ObjectNode nested -> {
                    Layout nestedLayout = layout.nested[i];
                    if (nestedLayout != null) {
                        row(rows, row, nestedLayout);
                    } else {
                        byte[] text = rows.cell(row, layout.indexes[i]);
                        objects(text == null ? null : ColumnText.decode(text, layout.types[i]), nested);
                    }
                }
                case ResultNode.AffectedRows _ ->
                    throw unexpectedAffectedRows(layout.fields.get(i).name());
            }
        }
        out.raw('}');
    }

    private void member(int index, NamedNode field) {
        if (index > 0) {
            out.raw(',');
        }
        out.raw(field.member());
    }

    /** The columns of a result that hold the fields of an object, looked up once for all rows. */
    private static final class Layout {
        private final List<NamedNode> fields;
        private final ResultNode[] nodes;
        private final int[] indexes;
        private final ColumnType[] types;
        private final @Nullable Layout[] nested;

        Layout(Columns columns, ObjectNode node) {
            int size = node.fields().size();
            fields = node.fields();
            nodes = new ResultNode[size];
            indexes = new int[size];
            types = new ColumnType[size];
            nested = new Layout[size];
            for (int i = 0; i < size; i++) {
                NamedNode named = fields.get(i);
                nodes[i] = named.node();
                switch (named.node()) {
                    case FieldNode field -> {
                        if (!column(columns, i, field.column())) {
                            throw missing(field);
                        }
                    }
                    case ObjectNode object -> {
                        String source = object.serializedName();
                        if (source == null) {
                            nested[i] = new Layout(columns, object);
                        } else if (!column(columns, i, source)) {
                            throw inconsistent("Missing data field (Object): '" + named.name() + "'");
                        }
                    }
                    case ResultNode.AffectedRows _ -> {}
                }
            }
        }

        private boolean column(Columns columns, int field, String column) {
            Integer index = columns.indexes().get(column);
            if (index == null) {
                return false;
            }
            indexes[field] = index;
            types[field] = columns.types().get(index);
            return true;
        }
    }

    private static ApiError missing(FieldNode field) {
        return inconsistent("Missing data field (Value): '" + field.column() + "'");
    }

    private static ApiError unexpectedAffectedRows(String name) {
        return inconsistent("Unexpected 'AffectedRows' node in data mapping for field '" + name + "'");
    }

    static ApiError inconsistent(String message) {
        return ApiError.inconsistentColumnData(message);
    }
}
