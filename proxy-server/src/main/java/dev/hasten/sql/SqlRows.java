package dev.hasten.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnDescription;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.Rows;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the fields and rows of a result as JSON. */
final class SqlRows {
    private final Columns columns;
    private final boolean rawText;
    /** Empty for raw text. */
    private final List<ResultType> types;

    /** @param rawText whether to write all values as strings in PostgreSQL's text format */
    SqlRows(Columns columns, boolean rawText, ResultTypes types) {
        this.columns = columns;
        this.rawText = rawText;
        this.types = rawText ? List.of() : types.of(columns);
    }

    /** Writes the list of fields. */
    void fields(JsonBuffer out) {
        out.raw('[');
        for (int i = 0; i < columns.size(); i++) {
            field(comma(out, i == 0), columns.describe(i));
        }
        out.raw(']');
    }

    /** Writes a row as an array. */
    void array(JsonBuffer out, Rows rows, int row) {
        out.raw('[');
        for (int i = 0; i < columns.size(); i++) {
            value(comma(out, i == 0), rows.cell(row, i), i);
        }
        out.raw(']');
    }

    /**
     * Writes a row as an object.
     *
     * @param names from {@link #names}
     */
    void object(JsonBuffer out, Rows rows, int row, byte[][] names) {
        out.raw('{');
        boolean first = true;
        for (int i = 0; i < columns.size(); i++) {
            if (names[i].length > 0) {
                comma(out, first).raw(names[i]);
                value(out, rows.cell(row, i), i);
                first = false;
            }
        }
        out.raw('}');
    }

    /**
     * Returns the names as JSON strings, each followed by a colon. Of columns with the same name, an object has only the
     * last one, as in node-postgres; the names of the others are empty.
     */
    byte[][] names() {
        byte[][] names = new byte[columns.size()][];
        for (int i = 0; i < names.length; i++) {
            String name = columns.names().get(i);
            if (Integer.valueOf(i).equals(columns.indexes().get(name))) {
                byte[] quoted = JsonBuffer.literal(name);
                names[i] = Arrays.copyOf(quoted, quoted.length + 1);
                names[i][quoted.length] = ':';
            } else {
                names[i] = new byte[0];
            }
        }
        return names;
    }

    /**
     * Writes the command and row count of a command tag such as {@code INSERT 0 1}, {@code SELECT 2} or
     * {@code CREATE TABLE}, as two members of an object. The command is the first word, as in node-postgres.
     */
    static void tag(JsonBuffer out, String tag) {
        int space = tag.indexOf(' ');
        String command = space < 0 ? tag : tag.substring(0, space);
        String count = tag.substring(tag.lastIndexOf(' ') + 1);
        boolean counted = space >= 0 && count.chars().allMatch(c -> c >= '0' && c <= '9');
        out.ascii("\"command\":").string(command.getBytes(UTF_8)).ascii(",\"rowCount\":");
        out.ascii(counted ? count : "null");
    }

    private static JsonBuffer comma(JsonBuffer out, boolean first) {
        return first ? out : out.raw(',');
    }

    private void value(JsonBuffer out, byte @Nullable [] text, int column) {
        if (text == null) {
            out.nullValue();
        } else if (rawText) {
            out.string(text);
        } else {
            types.get(column).write(out, text);
        }
    }

    private static void field(JsonBuffer out, ColumnDescription column) {
        out.ascii("{\"name\":")
                .string(column.name())
                .ascii(",\"dataTypeID\":")
                .ascii(Long.toString(column.typeOid()))
                .ascii(",\"tableID\":")
                .ascii(Long.toString(column.tableOid()))
                .ascii(",\"columnID\":")
                .ascii(Integer.toString(column.columnNumber()))
                .ascii(",\"dataTypeSize\":")
                .ascii(Integer.toString(column.typeSize()))
                .ascii(",\"dataTypeModifier\":")
                .ascii(Integer.toString(column.typeModifier()))
                .ascii(",\"format\":\"text\"}");
    }
}
