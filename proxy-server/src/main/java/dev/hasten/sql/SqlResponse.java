package dev.hasten.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnDescription;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.StatementResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes a statement's result as {@code {fields, rows, command, rowCount, rowAsArray}}. */
final class SqlResponse {
    private final JsonBuffer out;
    private final ResultTypes types;
    private final boolean rawText;

    /** @param rawText whether to write all values as strings in PostgreSQL's text format */
    SqlResponse(JsonBuffer out, ResultTypes types, boolean rawText) {
        this.out = out;
        this.types = types;
        this.rawText = rawText;
    }

    /**
     * Writes a result.
     *
     * @param arrayMode whether rows are arrays instead of objects
     * @throws dev.hasten.protocol.ApiError P6009 if the response becomes too large
     */
    void write(StatementResult result, boolean arrayMode) {
        Columns columns = result.columns() == null ? Columns.NONE : result.columns();
        out.ascii("{\"fields\":[");
        for (int i = 0; i < columns.size(); i++) {
            field(comma(i), columns.describe(i));
        }
        out.ascii("],\"rows\":[");
        List<ResultType> valueTypes = rawText ? List.of() : types.of(columns);
        List<byte[]> names = arrayMode ? List.of() : names(columns);
        for (int row = 0; row < result.rows().size(); row++) {
            out.checkpoint();
            comma(row).raw(arrayMode ? '[' : '{');
            boolean first = true;
            for (int i = 0; i < columns.size(); i++) {
                if (!arrayMode && isRepeated(columns, i)) {
                    continue;
                }
                comma(first ? 0 : 1);
                first = false;
                if (!arrayMode) {
                    out.raw(names.get(i));
                }
                byte[] text = result.rows().cell(row, i);
                if (text == null) {
                    out.nullValue();
                } else if (rawText) {
                    out.string(text);
                } else {
                    valueTypes.get(i).write(out, text);
                }
            }
            out.raw(arrayMode ? ']' : '}');
        }
        out.raw(']');
        tag(result.tag());
        out.ascii(",\"rowAsArray\":").ascii(Boolean.toString(arrayMode)).raw('}');
    }

    /** Whether a later column has the same name. An object has only the last one, as in node-postgres. */
    private static boolean isRepeated(Columns columns, int index) {
        return !Integer.valueOf(index)
                .equals(columns.indexes().get(columns.names().get(index)));
    }

    private JsonBuffer comma(int index) {
        return index == 0 ? out : out.raw(',');
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

    /** Returns the names as JSON strings, each followed by a colon. */
    private static List<byte[]> names(Columns columns) {
        List<byte[]> names = new ArrayList<>(columns.size());
        for (String name : columns.names()) {
            byte[] quoted = JsonBuffer.literal(name);
            byte[] member = Arrays.copyOf(quoted, quoted.length + 1);
            member[quoted.length] = ':';
            names.add(member);
        }
        return names;
    }

    /**
     * Writes the command and row count of a command tag such as {@code INSERT 0 1}, {@code SELECT 2} or
     * {@code CREATE TABLE}. The command is the first word, as in node-postgres.
     */
    private void tag(String tag) {
        int space = tag.indexOf(' ');
        String command = space < 0 ? tag : tag.substring(0, space);
        String count = tag.substring(tag.lastIndexOf(' ') + 1);
        boolean counted = space >= 0 && count.chars().allMatch(c -> c >= '0' && c <= '9');
        out.ascii(",\"command\":").string(command.getBytes(UTF_8)).ascii(",\"rowCount\":");
        out.ascii(counted ? count : "null");
    }
}
