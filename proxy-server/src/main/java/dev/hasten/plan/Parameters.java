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
 * From evaluated arguments to what PostgreSQL gets, without a declared type: text, or bytes as they are. The forms are
 * those of {@code adapter-pg}'s mapArg and node-postgres' prepareValue.
 */
final class Parameters {
    /** A place in a list, and an object around the value. */
    private static final int ELEMENT_BYTES = 48;

    /** Copies of an array literal while it is made: a builder grows by copying, and then becomes a string. */
    private static final long LITERAL_COPIES = 3;

    private Parameters() {}

    /**
     * The parameters of a statement.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException if there is no room for them
     * @throws dev.hasten.deadline.CancelledException when the request must stop
     */
    static List<@Nullable Object> of(List<@Nullable Object> arguments, List<ArgumentType> types) {
        List<@Nullable Object> parameters = new ArrayList<>(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            // A plan can name the same large value many times.
            PlanMemory.take(ELEMENT_BYTES);
            parameters.add(prepared(mapped(arguments.get(i), i < types.size() ? types.get(i) : ArgumentType.UNKNOWN)));
        }
        return parameters;
    }

    private static @Nullable Object mapped(@Nullable Object value, ArgumentType type) {
        return switch (value) {
            case null -> null;
            // The compiler calls some lists scalars: those that are written as a whole, and known only now.
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

    /** A text that is no date goes to PostgreSQL as it is, which knows best what to say about it. */
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

    /** Standard and URL-safe base64, with or without padding, as Node's Buffer reads it. */
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

    /** Half of a surrogate pair has no UTF-8; JavaScript encodes the replacement character instead. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                if (repaired == null) {
                    // Characters outside of Latin-1 take two bytes each, in the builder and in the string.
                    PlanMemory.take(4L * text.length());
                    repaired = new StringBuilder(text);
                }
                repaired.setCharAt(i, '\uFFFD');
            }
        }
        return repaired == null ? text : repaired.toString();
    }
}
