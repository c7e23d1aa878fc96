package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.ColumnType.Kind;
import dev.hasten.protocol.value.JsDates;
import dev.hasten.protocol.value.JsNumbers;
import dev.hasten.protocol.value.PostgresArrays;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts PostgreSQL's text format of a value to the value that Prisma's driver adapter returns
 * ({@code adapter-pg/src/conversion.ts} on top of {@code pg-types}). int2, int4 and oid become Long, floats Double,
 * booleans Boolean, bytea {@code byte[]} and arrays List; all other types, including int8 and numeric, become String.
 */
final class ColumnText {
    private ColumnText() {}

    static Object decode(byte[] text, ColumnType type) {
        return type.array() ? array(string(text), type.kind()) : scalar(text, type.kind());
    }

    static String string(byte[] text) {
        return new String(text, UTF_8);
    }

    private static List<@Nullable Object> array(String text, Kind kind) {
        return elements(PostgresArrays.parse(text), kind);
    }

    private static List<@Nullable Object> elements(List<? extends @Nullable Object> texts, Kind kind) {
        List<@Nullable Object> values = new ArrayList<>(texts.size());
        for (Object element : texts) {
            values.add(
                    switch (element) {
                        case null -> null;
                        case List<?> nested -> elements(nested, kind);
                        case Object text -> scalar(text.toString().getBytes(UTF_8), kind);
                    });
        }
        return values;
    }

    private static Object scalar(byte[] text, Kind kind) {
        return switch (kind) {
            case INT, OID -> Long.parseLong(ascii(text));
            case FLOAT -> JsNumbers.parse(ascii(text));
            case BOOL -> text[0] == 't';
            case BYTEA -> bytes(text);
            case TIMETZ -> JsDates.utcTime(ascii(text));
            case TIMESTAMP -> isPlainMoment(text) ? ascii(text).replace(' ', 'T') + "+00:00" : ascii(text);
            case TIMESTAMPTZ ->
                isPlainMoment(text) ? withoutOffset(ascii(text)).replace(' ', 'T') + "+00:00" : ascii(text);
            case MONEY -> money(string(text));
            case INT8, NUMERIC, DATE, TIME -> ascii(text);
            case TEXT, JSON, UNSUPPORTED -> string(text);
        };
    }

    /** Whether the timestamp has an RFC 3339 form; {@code infinity} and years BC do not. */
    private static boolean isPlainMoment(byte[] text) {
        return text[0] >= '0' && text[0] <= '9' && text[text.length - 1] != 'C';
    }

    private static String ascii(byte[] text) {
        return new String(text, ISO_8859_1);
    }

    /** Decodes {@code \x0a1b}, the default format of bytea since PostgreSQL 9.0. */
    static byte[] bytes(byte[] text) {
        if (text.length < 2 || text[0] != '\\' || text[1] != 'x') {
            throw new IllegalStateException("bytea_output must be hex");
        }
        return HexFormat.of().parseHex(ascii(text), 2, text.length);
    }

    /** Removes the offset, which is always zero, because sessions use UTC. */
    private static String withoutOffset(String text) {
        int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
        return sign < 0 ? text : text.substring(0, sign);
    }

    /** Returns the digits, decimal point and sign of a value such as {@code -$1,234.50}. */
    private static String money(String text) {
        StringBuilder number = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c >= '0' && c <= '9') || c == '.') {
                number.append(c);
            } else if (c == '-' || c == '(') {
                number.insert(0, '-');
            }
        }
        return number.toString();
    }
}
