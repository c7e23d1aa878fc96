package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.ColumnType.Kind;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.Rows;
import dev.hasten.prisma.RawTypeNames;
import dev.hasten.protocol.value.JsonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The response to a raw query: columns, types and rows ({@code serializeRawSql} of {@code serialize-sql.ts}). */
final class RawResponse {
    private static final byte[] TRUE = "true".getBytes(UTF_8);
    private static final byte[] FALSE = "false".getBytes(UTF_8);

    private RawResponse() {}

    static JsonFragment of(Columns columns, Rows rows, JsonBuffer out) {
        out.ascii("{\"columns\":[");
        for (int i = 0; i < columns.size(); i++) {
            comma(out, i).string(columns.names().get(i));
        }
        out.ascii("],\"types\":[");
        for (int i = 0; i < columns.size(); i++) {
            comma(out, i).string(RawTypeNames.of(columns.types().get(i)));
        }
        out.ascii("],\"rows\":[");
        for (int row = 0; row < rows.size(); row++) {
            out.checkpoint();
            comma(out, row).raw('[');
            for (int i = 0; i < columns.size(); i++) {
                value(comma(out, i), rows.cell(row, i), columns.types().get(i));
            }
            out.raw(']');
        }
        out.ascii("]}");
        return new JsonFragment(out);
    }

    private static JsonBuffer comma(JsonBuffer out, int index) {
        return index == 0 ? out : out.raw(',');
    }

    private static void value(JsonBuffer out, byte @Nullable [] text, ColumnType type) {
        if (text == null) {
            out.nullValue();
        } else if (type.array()) {
            element(out, ColumnText.decode(text, type), type.kind());
        } else {
            switch (type.kind()) {
                case INT -> out.raw(text);
                case INT8, OID -> out.raw('"').raw(text).raw('"');
                case TEXT, DATE, TIME, NUMERIC -> out.string(text);
                case BOOL -> out.raw(text[0] == 't' ? TRUE : FALSE);
                case BYTEA -> out.base64OfHex(text);
                case JSON -> out.raw(JsonText.minify(text));
                case FLOAT, TIMETZ, TIMESTAMP, TIMESTAMPTZ, MONEY, UNSUPPORTED ->
                    JsValues.write(out, ColumnText.decode(text, type));
            }
        }
    }

    private static void element(JsonBuffer out, @Nullable Object value, Kind kind) {
        switch (value) {
            case List<?> list -> {
                out.raw('[');
                for (int i = 0; i < list.size(); i++) {
                    element(comma(out, i), list.get(i), kind);
                }
                out.raw(']');
            }
            case Long number when kind == Kind.OID -> out.string(number.toString());
            case String json when kind == Kind.JSON -> out.raw(JsonText.minify(json.getBytes(UTF_8)));
            case null, default -> JsValues.write(out, value);
        }
    }
}
