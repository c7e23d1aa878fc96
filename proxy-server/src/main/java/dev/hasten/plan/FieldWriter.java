package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.ColumnType.Kind;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.ResultNode.FieldNode;
import dev.hasten.protocol.plan.ResultNode.FieldType;
import dev.hasten.protocol.plan.ResultNode.Scalar;
import dev.hasten.protocol.value.DateFormatException;
import dev.hasten.protocol.value.JsDates;
import dev.hasten.protocol.value.JsDecimals;
import dev.hasten.protocol.value.JsNumbers;
import dev.hasten.protocol.value.JsonText;
import dev.hasten.protocol.value.PostgresArrays;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes single fields of a response: mapField and mapValue of {@code interpreter/data-mapper.ts}. */
final class FieldWriter {
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] FALSE = "false".getBytes(US_ASCII);
    private static final byte[] EMPTY_LIST = "[]".getBytes(US_ASCII);
    private static final byte[] BIGINT = tag("BigInt");
    private static final byte[] DECIMAL = tag("Decimal");
    private static final byte[] DATETIME = tag("DateTime");
    private static final byte[] JSON = tag("Json");
    private static final byte[] BYTES = tag("Bytes");

    /** A time of day at the end of a string. Group 1 is its time zone, group 2 the minutes of the zone. */
    private static final long MILLIS_OF_DAY = 86_400_000;

    private static final Pattern TIME = Pattern.compile("\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(Z|[+-]\\d{2}(:?\\d{2})?)?$");

    /** Bytes of heap for each character of a list of bigints: an element has at least two characters. */
    private static final int BIGINT_BYTES = 32;

    private final JsonBuffer out;
    private final Map<String, Map<String, String>> enums;

    FieldWriter(JsonBuffer out, Map<String, Map<String, String>> enums) {
        this.out = out;
        this.enums = enums;
    }

    private static byte[] tag(String type) {
        return ("{\"$type\":\"" + type + "\",\"value\":").getBytes(US_ASCII);
    }

    /** Writes a column's value, directly from PostgreSQL's text if the column has the expected type. */
    void writeText(byte @Nullable [] text, ColumnType type, FieldNode field) {
        if (text == null || field.type().list() || type.array() || !direct(text, type.kind(), field)) {
            write(text == null ? null : ColumnText.decode(text, type), field.column(), field.type());
        }
    }

    /** Writes the value directly from its text; returns false, without writing, if that is not possible. */
    private boolean direct(byte[] text, Kind kind, FieldNode field) {
        switch (field.type().scalar()) {
            case STRING -> {
                if (kind != Kind.TEXT) {
                    return false;
                }
                out.string(text);
            }
            case INT -> {
                if (kind != Kind.INT) {
                    return false;
                }
                out.raw(text);
            }
            case BIGINT -> {
                if (kind != Kind.INT8 && kind != Kind.INT && kind != Kind.OID) {
                    return false;
                }
                out.raw(BIGINT).raw('"').raw(text).raw('"').raw('}');
            }
            case BOOLEAN -> {
                if (kind != Kind.BOOL) {
                    return false;
                }
                out.raw(text[0] == 't' ? TRUE : FALSE);
            }
            case DECIMAL -> {
                if (kind != Kind.NUMERIC) {
                    return false;
                }
                tagged(DECIMAL, JsDecimals.normalize(new String(text, US_ASCII)));
            }
            case DATETIME -> {
                String iso = iso(text, kind, field.column());
                if (iso == null) {
                    return false;
                }
                tagged(DATETIME, iso);
            }
            case JSON -> {
                if (kind != Kind.JSON) {
                    return false;
                }
                out.raw(JSON).string(JsonText.minify(text)).raw('}');
            }
            case BYTES_ARRAY -> {
                if (kind != Kind.BYTEA) {
                    return false;
                }
                out.raw(BYTES).base64OfHex(text).raw('}');
            }
            case FLOAT, OBJECT, UNSUPPORTED, ENUM, BYTES_BASE64, BYTES_HEX -> {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String iso(byte[] text, Kind kind, String column) {
        try {
            return switch (kind) {
                case TIMESTAMP -> JsDates.isoFromTimestamp(text);
                case TIMESTAMPTZ -> JsDates.isoFromTimestamptz(text);
                case DATE -> JsDates.isoFromDate(text);
                case TIME -> JsDates.isoFromTime(text);
                case TIMETZ -> JsDates.isoFromTimetz(text);
                case INT, INT8, OID, FLOAT, BOOL, TEXT, BYTEA, NUMERIC, MONEY, JSON, UNSUPPORTED -> null;
            };
        } catch (DateFormatException e) {
            throw invalidDate(column, ColumnText.string(text));
        }
    }

    /** Writes a value that was decoded from a column's text, computed by the plan, or parsed from JSON. */
    void write(@Nullable Object value, String column, FieldType type) {
        if (value == null) {
            out.raw(type.list() ? EMPTY_LIST : new byte[0]);
            if (!type.list()) {
                out.nullValue();
            }
        } else if (!type.list()) {
            scalar(value, column, type);
        } else if (value instanceof List<?> list) {
            list(list, column, type);
        } else if (value instanceof String text && type.scalar() == Scalar.BIGINT) {
            list(bigints(text, column), column, type);
        } else {
            throw unexpected("a list", column, value);
        }
    }

    /** The query compiler casts a list of bigints to text as a whole if a join loads its record as JSON. */
    private static List<?> bigints(String text, String column) {
        PlanMemory.take((long) BIGINT_BYTES * text.length());
        try {
            return PostgresArrays.parse(text);
        } catch (IllegalArgumentException e) {
            throw unexpected("a list", column, text);
        }
    }

    private void list(List<?> list, String column, FieldType type) {
        out.raw('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            scalar(list.get(i), column + "[" + i + "]", type);
        }
        out.raw(']');
    }

    private void scalar(@Nullable Object value, String column, FieldType type) {
        switch (type.scalar()) {
            case UNSUPPORTED -> JsValues.write(out, value);
            case STRING -> {
                if (!(value instanceof String text)) {
                    throw unexpected("a string", column, value);
                }
                out.string(text);
            }
            case INT -> integer(value, column);
            case BIGINT -> {
                if (!(value instanceof Number || value instanceof String)) {
                    throw unexpected("a bigint", column, value);
                }
                tagged(BIGINT, JsValues.toText(value));
            }
            case FLOAT -> floating(value, column);
            case BOOLEAN -> out.raw(truth(value, column) ? TRUE : FALSE);
            case DECIMAL -> {
                if (!(value instanceof Number || value instanceof String)) {
                    throw unexpected("a decimal", column, value);
                }
                tagged(DECIMAL, decimal(JsValues.toText(value), column));
            }
            case DATETIME -> tagged(DATETIME, dateTime(value, column));
            case OBJECT -> {
                JsonBuffer json = JsonBuffer.intermediate(PlanMemory::take);
                JsValues.write(json, value);
                tagged(JSON, json.toString());
            }
            case JSON -> json(JsValues.toText(value));
            case BYTES_ARRAY, BYTES_BASE64, BYTES_HEX -> bytes(value, column, type.scalar());
            case ENUM -> enumeration(value, type);
        }
    }

    private void integer(@Nullable Object value, String column) {
        double number = switch (value) {
            case Number known -> truncated(known.doubleValue());
            case String text -> truncated(JsNumbers.parse(text));
            case null, default -> throw unexpected("an integer", column, value);
        };
        if (!Double.isFinite(number)) {
            throw unexpected("an integer", column, value);
        }
        if (value instanceof String && !JsNumbers.isSafeInteger(number)) {
            throw DataMapper.inconsistent(
                    "Integer value in column '%s' is too large to represent as a JavaScript number without loss of precision, got: %s. Consider using BigInt type."
                            .formatted(column, value));
        }
        out.ascii(value instanceof Long || value instanceof BigInteger ? value.toString() : JsNumbers.toString(number));
    }

    private static double truncated(double number) {
        return number < 0 ? Math.ceil(number) : Math.floor(number);
    }

    private void floating(@Nullable Object value, String column) {
        switch (value) {
            case Number number -> JsValues.writeNumber(out, number.doubleValue());
            case String text -> {
                double number = JsNumbers.parse(text);
                if (Double.isNaN(number)
                        && !text.toLowerCase(java.util.Locale.ROOT).matches("[-+]?nan")) {
                    throw DataMapper.inconsistent("Expected a float in column '" + column + "', got string: " + text);
                }
                JsValues.writeNumber(out, number);
            }
            case null, default -> throw unexpected("a float", column, value);
        }
    }

    private static boolean truth(@Nullable Object value, String column) {
        return switch (value) {
            case Boolean flag -> flag;
            case Number number -> number.doubleValue() == 1;
            case String text ->
                switch (text) {
                    case "true", "TRUE", "1" -> true;
                    case "false", "FALSE", "0" -> false;
                    default -> throw unexpected("a boolean", column, value);
                };
            case byte[] bytes -> {
                for (byte b : bytes) {
                    if (b != 0) {
                        yield true;
                    }
                }
                yield false;
            }
            case null, default -> throw unexpected("a boolean", column, value);
        };
    }

    private static String decimal(String text, String column) {
        try {
            return JsDecimals.normalize(text);
        } catch (NumberFormatException e) {
            throw unexpected("a decimal", column, text);
        }
    }

    private static String dateTime(@Nullable Object value, String column) {
        try {
            return switch (value) {
                case String text -> JsDates.toIso(millis(text));
                case Number millis -> JsDates.toIso(millis.longValue());
                case DateValue date -> JsDates.toIso(date.epochMillis());
                case null, default -> throw unexpected("a date", column, value);
            };
        } catch (DateFormatException e) {
            throw invalidDate(column, JsValues.toText(value));
        }
    }

    /**
     * Reads a date like normalizeDateTime: adds a time zone or a date if the text has none. A time with an offset is
     * converted to UTC and keeps the date 1970-01-01.
     */
    private static long millis(String text) throws DateFormatException {
        Matcher time = TIME.matcher(text);
        if (!time.find()) {
            return JsDates.parseMillis(text + "T00:00:00Z");
        }
        String zone = time.group(1);
        String zoned = text;
        if (zone == null) {
            zoned = text + "Z";
        } else if (!zone.equals("Z") && time.group(2) == null) {
            zoned = text + ":00";
        }
        return time.start() == 0
                ? Math.floorMod(JsDates.parseMillis("1970-01-01T" + zoned), MILLIS_OF_DAY)
                : JsDates.parseMillis(zoned);
    }

    private void json(String text) {
        out.raw(JSON).string(JsonText.minify(text.getBytes(UTF_8))).raw('}');
    }

    private void bytes(@Nullable Object value, String column, Scalar encoding) {
        out.raw(BYTES);
        switch (value) {
            case byte[] bytes when encoding == Scalar.BYTES_ARRAY -> JsValues.write(out, bytes);
            case List<?> list
            when encoding == Scalar.BYTES_ARRAY -> {
                byte[] bytes = new byte[list.size()];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) (int) JsValues.toNumber(list.get(i));
                }
                JsValues.write(out, bytes);
            }
            case String text when encoding == Scalar.BYTES_BASE64 -> out.string(text);
            case String text
            when encoding == Scalar.BYTES_HEX && text.startsWith("\\x") -> out.base64OfHex(text.getBytes(US_ASCII));
            case null, default -> throw unexpected("a byte array", column, value);
        }
        out.raw('}');
    }

    private void enumeration(@Nullable Object value, FieldType type) {
        String name = String.valueOf(type.enumName());
        Map<String, String> values = enums.get(name);
        if (values == null) {
            throw DataMapper.inconsistent("Unknown enum '" + name + "'");
        }
        String text = JsValues.toText(value);
        String mapped = values.get(text);
        if (mapped == null) {
            throw DataMapper.inconsistent("Value '" + text + "' not found in enum '" + name + "'");
        }
        out.string(mapped);
    }

    private void tagged(byte[] tag, String value) {
        out.raw(tag).string(value).raw('}');
    }

    private static ApiError invalidDate(String column, String text) {
        return DataMapper.inconsistent(
                "Expected a date in column '" + column + "' that JavaScript can represent, got '" + text + "'");
    }

    private static ApiError unexpected(String what, String column, @Nullable Object value) {
        return DataMapper.inconsistent("Expected %s in column '%s', got %s: %s"
                .formatted(what, column, JsValues.typeOf(value), JsValues.toText(value)));
    }
}
