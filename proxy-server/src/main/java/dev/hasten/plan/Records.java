package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Operations on the records of a plan, which are {@link Row}s from the database, or Maps. */
final class Records {
    private Records() {}

    static boolean isRecord(@Nullable Object value) {
        return value instanceof Row || value instanceof Map;
    }

    /** Returns the field's value, or {@link Undefined} if there is no such field. */
    static @Nullable Object get(@Nullable Object record, String field) {
        return switch (record) {
            case Row row -> row.get(field);
            case Map<?, ?> map -> map.containsKey(field) ? map.get(field) : Undefined.UNDEFINED;
            case null, default -> throw new PlanFailure("Expected object, got " + JsValues.typeOf(record));
        };
    }

    static void set(@Nullable Object record, String field, @Nullable Object value) {
        switch (record) {
            case Row row -> row.set(field, value);
            case Map<?, ?> map -> unchecked(map).put(field, value);
            case null, default -> throw new PlanFailure("Expected object, got " + JsValues.typeOf(record));
        }
    }

    /** Returns all fields in order. Of columns with the same name, it returns the last one. */
    static Map<String, @Nullable Object> fields(Object record) {
        if (record instanceof Map<?, ?> map) {
            return unchecked(map);
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (record instanceof Row row) {
            for (String name : row.shape().names()) {
                fields.put(name, row.get(name));
            }
        }
        return fields;
    }

    /**
     * Returns a string that is equal for records whose fields are equal: {@code JSON.stringify} of the values.
     *
     * @param casts conversions for the values that are not null, by field; null for none
     */
    static String key(@Nullable Object record, List<String> fields, KeyCast @Nullable [] casts) {
        JsonBuffer out = JsonBuffer.intermediate(PlanMemory::take);
        out.raw('[');
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            Object value = get(record, fields.get(i));
            KeyCast cast = casts == null ? null : casts[i];
            JsValues.write(out, cast == null || value == null ? value : cast.apply(value));
        }
        return out.raw(']').toString();
    }

    /** Converts a join key of the child to the type of the parent's key. */
    enum KeyCast {
        NUMBER,
        STRING,
        BOOLEAN;

        /** Integers that fit into a Long. Many do not fit into a Double. */
        private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9]\\d{0,17})");

        Object apply(Object value) {
            return switch (this) {
                case NUMBER ->
                    value instanceof String text && INTEGER.matcher(text).matches()
                            ? (Object) Long.valueOf(text)
                            : JsValues.number(JsValues.toNumber(value));
                case STRING -> JsValues.toText(value);
                case BOOLEAN ->
                    switch (value) {
                        case Boolean flag -> flag;
                        case Number number -> number.doubleValue() != 0;
                        case String text -> !text.isEmpty();
                        default -> true;
                    };
            };
        }
    }

    // The maps of a plan come from JSON or are created in this package, so their keys are strings.
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> unchecked(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }
}
