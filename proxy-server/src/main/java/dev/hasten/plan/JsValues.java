package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import dev.hasten.protocol.MeteredParser;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.value.JsDates;
import dev.hasten.protocol.value.JsNumbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JavaScript's operations on the values of a running plan. A value is null, {@link Undefined}, a Boolean, Long, Double,
 * BigInteger, BigDecimal, String, {@code byte[]}, {@link DateValue}, List, Map, {@link Row}, {@link RowSet} or
 * {@link JsonFragment}. A BigDecimal is a number from the database that a Double cannot represent exactly.
 */
final class JsValues {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Every decimal number of so many digits is the shortest text of the nearest Double. */
    private static final int DIGITS_OF_DOUBLE = 15;

    private JsValues() {}

    /** {@code typeof value}. */
    static String typeOf(@Nullable Object value) {
        return switch (value) {
            case Undefined _ -> "undefined";
            case String _ -> "string";
            case Boolean _ -> "boolean";
            case Number _ -> "number";
            case null, default -> "object";
        };
    }

    /** {@code String(value)}. */
    static String toText(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Double number -> JsNumbers.toString(number);
            case Long _, BigInteger _, BigDecimal _, Boolean _, String _ -> value.toString();
            case Undefined _ -> "undefined";
            case DateValue date -> JsDates.toIso(date.epochMillis());
            case byte[] bytes -> {
                PlanMemory.take(bytes.length);
                yield new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
            }
            case List<?> list -> joined(list);
            default -> "[object Object]";
        };
    }

    private static String joined(List<?> list) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            String text = toText(list.get(i));
            // Each character exists in the builder, in its larger copy, and in the string.
            PlanMemory.take(3L * (text.length() + 1));
            joined.append(i == 0 ? "" : ",").append(text);
        }
        return joined.toString();
    }

    /** {@code Number(value)}. */
    static double toNumber(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Number number -> number.doubleValue();
            case Boolean flag -> flag ? 1 : 0;
            case String text -> JsNumbers.parse(text);
            case DateValue date -> date.epochMillis();
            default -> Double.NaN;
        };
    }

    /** Converts a number or string to a number, for arithmetic and row counts. */
    static double asNumber(@Nullable Object value) {
        if (value instanceof Number || value instanceof String) {
            return toNumber(value);
        }
        throw new PlanFailure("Expected number, got " + typeOf(value));
    }

    /** Returns a Long if the number is a safe integer, so that it is written without a decimal point; else a Double. */
    static Object number(double value) {
        return value == Math.rint(value) && JsNumbers.isSafeInteger(value) && !(value == 0 && 1 / value < 0)
                ? (Object) (long) value
                : (Object) value;
    }

    /** Whether the value is null, undefined or an empty list. */
    static boolean isEmpty(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Undefined _ -> true;
            case List<?> list -> list.isEmpty();
            case RowSet rows -> rows.size() == 0;
            default -> false;
        };
    }

    /** Copies a value of the plan, because nodes may modify it and the plan is used for other requests. */
    static @Nullable Object mutable(@Nullable Object value, Budget budget) {
        return switch (value) {
            case List<?> list -> {
                budget.elements(list.size());
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(mutable(element, budget)));
                yield copy;
            }
            case Map<?, ?> map -> {
                budget.elements(map.size() + 1L);
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                Records.unchecked(map).forEach((name, field) -> copy.put(name, mutable(field, budget)));
                yield copy;
            }
            case null, default -> value;
        };
    }

    /** Returns the value as a list, or null if it is not a list. */
    static @Nullable List<@Nullable Object> listOrNull(@Nullable Object value) {
        return switch (value) {
            case RowSet rows -> rows.records();
            case List<?> list -> unchecked(list);
            case null, default -> null;
        };
    }

    /** Returns the value if it is a list, or else a list that contains only the value. */
    static List<@Nullable Object> asList(@Nullable Object value) {
        List<@Nullable Object> list = listOrNull(value);
        return list == null ? java.util.Arrays.asList(value) : list;
    }

    // Only this package creates the values of a plan, so a list contains only such values.
    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> unchecked(List<?> list) {
        return (List<@Nullable Object>) list;
    }

    /**
     * {@code JSON.parse(text)}, but numbers keep all digits.
     *
     * @param meter receives the progress of the parser
     */
    static @Nullable Object parseJson(String text, ParseMeter meter) {
        try (JsonParser parser = new MeteredParser(JSON.createParser(text), meter, Integer.MAX_VALUE)) {
            return normalized(JSON.readValue(parser, Object.class));
        } catch (JacksonException e) {
            throw dev.hasten.protocol.ApiError.inconsistentColumnData(
                    "Expected an array or object, got a string that is not valid JSON");
        }
    }

    /** Replaces Integer, which Jackson returns for small numbers, by Long, and BigDecimal by Double if that is exact. */
    private static @Nullable Object normalized(@Nullable Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case BigDecimal number -> isExact(number) ? (Object) number.doubleValue() : number;
            case List<?> list -> {
                List<@Nullable Object> values = unchecked(list);
                values.replaceAll(JsValues::normalized);
                yield values;
            }
            case Map<?, ?> map -> {
                Records.unchecked(map).replaceAll((_, field) -> normalized(field));
                yield map;
            }
            case null, default -> value;
        };
    }

    private static boolean isExact(BigDecimal number) {
        double nearest = number.doubleValue();
        return Double.isFinite(nearest)
                && (number.precision() <= DIGITS_OF_DOUBLE
                        || number.compareTo(new BigDecimal(Double.toString(nearest))) == 0);
    }

    /** {@code JSON.stringify(value)}. */
    static String stringify(@Nullable Object value) {
        JsonBuffer out = JsonBuffer.intermediate(PlanMemory::take);
        write(out, value);
        return out.toString();
    }

    /** Writes a value as Prisma does, with normalizeJsonProtocolValues and then JSON.stringify. */
    static void write(JsonBuffer out, @Nullable Object value) {
        switch (value) {
            case null -> out.nullValue();
            case Undefined _ -> out.nullValue();
            case String text -> out.string(text);
            case Double number -> writeNumber(out, number);
            case Long _, BigInteger _, BigDecimal _, Boolean _ -> out.ascii(value.toString());
            case DateValue date -> out.string(JsDates.toIso(date.epochMillis()));
            case byte[] bytes ->
                out.raw('"').ascii(Base64.getEncoder().encodeToString(bytes)).raw('"');
            case JsonFragment json -> json.writeTo(out);
            case RowSet rows -> write(out, rows.records());
            case List<?> list -> {
                out.raw('[');
                for (int i = 0; i < list.size(); i++) {
                    if (i > 0) {
                        out.raw(',');
                    }
                    write(out, list.get(i));
                }
                out.raw(']');
            }
            default -> {
                out.raw('{');
                boolean first = true;
                for (Map.Entry<String, @Nullable Object> field :
                        Records.fields(value).entrySet()) {
                    if (field.getValue() != Undefined.UNDEFINED) {
                        if (!first) {
                            out.raw(',');
                        }
                        first = false;
                        out.string(field.getKey()).raw(':');
                        write(out, field.getValue());
                    }
                }
                out.raw('}');
            }
        }
    }

    /** Writes NaN and infinity as null, like JSON.stringify. */
    static void writeNumber(JsonBuffer out, double value) {
        if (Double.isFinite(value)) {
            out.ascii(JsNumbers.toString(value));
        } else {
            out.nullValue();
        }
    }
}
