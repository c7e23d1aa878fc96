package dev.hasten.sql;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.StatementResult;

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
        SqlRows rows = new SqlRows(columns, rawText, types);
        rows.fields(out.ascii("{\"fields\":"));
        out.ascii(",\"rows\":[");
        byte[][] names = arrayMode ? new byte[0][] : rows.names();
        for (int row = 0; row < result.rows().size(); row++) {
            out.checkpoint();
            if (row > 0) {
                out.raw(',');
            }
            if (arrayMode) {
                rows.array(out, result.rows(), row);
            } else {
                rows.object(out, result.rows(), row, names);
            }
        }
        SqlRows.tag(out.ascii("],"), result.tag());
        out.ascii(",\"rowAsArray\":").ascii(Boolean.toString(arrayMode)).raw('}');
    }
}
