package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records of a plan, which are {@link Row}s of the database or Maps from JSON. */
final class Records {
    private Records() {}

    static boolean isRecord(@Nullable Object value) {
        return value instanceof Row || value instanceof Map;
    }

    /** The field's value, {@link Undefined} when there is none. */
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

    /** All fields in order; of columns with the same name the last. */
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
     * A text that is equal for records whose fields are equal: {@code JSON.stringify} of the values.
     *
     * @param casts applied to values that are not null; null for none
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

    /** A conversion of join keys to the type that the other side has. */
    enum KeyCast {
        NUMBER,
        STRING,
        BOOLEAN;

        Object apply(Object value) {
            return switch (this) {
                case NUMBER -> JsValues.number(JsValues.toNumber(value));
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

    // Maps of a plan come from JSON or are made here, so their keys are strings.
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> unchecked(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }
}
