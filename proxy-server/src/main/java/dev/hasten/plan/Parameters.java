package dev.hasten.plan;

import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import dev.hasten.protocol.value.DateFormatException;
import dev.hasten.protocol.value.JsDates;
import dev.hasten.protocol.value.PostgresArrays;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts evaluated arguments to parameters for PostgreSQL: text or bytes, without a declared type. The formats are
 * those of {@code adapter-pg}'s mapArg and node-postgres' prepareValue.
 */
final class Parameters {
    /** Estimated bytes of a list slot and an object around the value. */
    private static final int ELEMENT_BYTES = 48;

    /** Copies of an array literal while it is created: the builder, the larger copy when it grows, and the string. */
    private static final long LITERAL_COPIES = 3;

    private Parameters() {}

    /**
     * Returns the parameters of a statement.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException if there is not enough memory
     * @throws dev.hasten.deadline.CancelledException if the request must stop
     */
    static List<@Nullable Object> of(List<@Nullable Object> arguments, List<ArgumentType> types) {
        List<@Nullable Object> parameters = new ArrayList<>(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            // A short plan can refer to the same large list many times.
            PlanMemory.take(ELEMENT_BYTES);
            parameters.add(prepared(mapped(arguments.get(i), i < types.size() ? types.get(i) : ArgumentType.UNKNOWN)));
        }
        return parameters;
    }

    private static @Nullable Object mapped(@Nullable Object value, ArgumentType type) {
        return switch (value) {
            case null -> null;
            // The compiler gives some lists a scalar type: lists written as a whole, whose value it does not know.
            case List<?> list -> {
                PlanMemory.take((long) list.size() * ELEMENT_BYTES);
                List<@Nullable Object> elements = new ArrayList<>(list.size());
                list.forEach(element -> elements.add(mapped(element, type)));
                yield elements;
            }
            case RowSet rows when type.list() -> mapped(rows.records(), type);
            case DateValue date -> formatted(date.epochMillis(), type);
            case String text when type.scalarType().equals("datetime") -> date(text, type);
            case String text when type.scalarType().equals("bytes") -> bytes(text);
            default -> value;
        };
    }

    /** Leaves an invalid date unchanged, because PostgreSQL reports the better error for it. */
    private static String date(String text, ArgumentType type) {
        try {
            return formatted(JsDates.parseMillis(text), type);
        } catch (DateFormatException e) {
            return text;
        }
    }

    private static String formatted(long epochMillis, ArgumentType type) {
        return switch (type.dbType()) {
            case "TIME", "TIMETZ" -> JsDates.formatTime(epochMillis);
            case "DATE" -> JsDates.formatDate(epochMillis);
            case null, default -> JsDates.formatTimestamp(epochMillis);
        };
    }

    /** Decodes standard or URL-safe base64, with or without padding, like Node's Buffer. */
    private static byte[] bytes(String base64) {
        PlanMemory.take(base64.length());
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            try {
                return Base64.getUrlDecoder().decode(base64);
            } catch (IllegalArgumentException invalid) {
                throw dev.hasten.protocol.ApiError.badRequest("A parameter of type bytes must be base64");
            }
        }
    }

    private static @Nullable Object prepared(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> bytes;
            case List<?> list ->
                wellFormed(PostgresArrays.literal(
                        list, JsValues::stringify, length -> PlanMemory.take(LITERAL_COPIES * (long) length)));
            case String text -> wellFormed(text);
            case Boolean _, Number _ -> JsValues.toText(value);
            default -> JsValues.stringify(value);
        };
    }

    /** Replaces unpaired surrogates, which UTF-8 cannot encode, by the replacement character, like JavaScript. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                if (repaired == null) {
                    // Outside of Latin-1, each character takes two bytes in the builder and two in the string.
                    PlanMemory.take(4L * text.length());
                    repaired = new StringBuilder(text);
                }
                repaired.setCharAt(i, '\uFFFD');
            }
        }
        return repaired == null ? text : repaired.toString();
    }
}
