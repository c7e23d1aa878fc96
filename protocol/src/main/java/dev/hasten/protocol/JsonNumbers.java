package dev.hasten.protocol;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Numbers as clients send them: JSON allows any number of digits, and Jackson's conversions throw when there are many. */
public final class JsonNumbers {
    /** More digits than this before or after the point are written by nobody. */
    private static final int MOST_DIGITS = 2000;

    /** An exponent of six digits or more: PostgreSQL's numeric has at most 131,072 digits before the point. */
    private static final Pattern HUGE_EXPONENT = Pattern.compile("[+-]?[0-9.]+[eE][+-]?0*[1-9][0-9]{5,}");

    private JsonNumbers() {}

    /**
     * Refuses the text of a decimal that would take endless time and memory to write out.
     *
     * @throws ApiError P2020 for an exponent of six digits or more
     */
    public static void requireModerateExponent(String decimal) {
        if (HUGE_EXPONENT.matcher(decimal).matches()) {
            throw ApiError.of(
                    400, "P2020", "Value out of range for the type: the exponent of a decimal has more than 5 digits");
        }
    }

    /** The nearest double; infinite for a number beyond all doubles. */
    public static double toDouble(JsonNode number) {
        return Double.parseDouble(number.asString());
    }

    /**
     * The number with all its digits, without an exponent.
     *
     * @throws ApiError P6000 when that would be more than 2,000 digits
     */
    public static String plainText(JsonNode number) {
        BigDecimal exact = exact(number);
        if (exact.precision() > MOST_DIGITS || Math.abs((long) exact.scale()) > MOST_DIGITS) {
            throw ApiError.badRequest("Invalid request body: a number has more than " + MOST_DIGITS + " digits");
        }
        return exact.toPlainString();
    }

    private static BigDecimal exact(JsonNode number) {
        try {
            return new BigDecimal(number.asString());
        } catch (NumberFormatException e) {
            throw ApiError.badRequest("Invalid request body: a number is too large");
        }
    }
}
