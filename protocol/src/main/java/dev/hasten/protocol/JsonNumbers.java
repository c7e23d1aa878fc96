package dev.hasten.protocol;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Converts numbers sent by clients. JSON allows any number of digits, but Jackson's own conversions fail for very
 * long numbers.
 */
public final class JsonNumbers {
    /** Maximum number of digits before or after the decimal point. Real data has far fewer. */
    private static final int MOST_DIGITS = 2000;

    /** An exponent of six digits or more: PostgreSQL's numeric has at most 131,072 digits before the point. */
    private static final Pattern HUGE_EXPONENT = Pattern.compile("[+-]?[0-9.]+[eE][+-]?0*[1-9][0-9]{5,}");

    private JsonNumbers() {}

    /**
     * Rejects a decimal that would take too much time and memory to write without an exponent.
     *
     * @throws ApiError P2020 if the exponent has six digits or more
     */
    public static void requireModerateExponent(String decimal) {
        if (HUGE_EXPONENT.matcher(decimal).matches()) {
            throw ApiError.of(
                    400,
                    "P2020",
                    "Value out of range for the type: the exponent of a decimal has more than 5 digits, which"
                            + " is the limit");
        }
    }

    /** The nearest double; infinite if the number is out of range. */
    public static double toDouble(JsonNode number) {
        return Double.parseDouble(number.asString());
    }

    /**
     * The number with all its digits, without an exponent.
     *
     * @throws ApiError P6000 if that would take more than 2,000 digits
     */
    public static String plainText(JsonNode number) {
        BigDecimal exact = exact(number);
        if (exact.precision() > MOST_DIGITS || Math.abs((long) exact.scale()) > MOST_DIGITS) {
            throw ApiError.badRequest("Invalid request body: a number may have at most " + MOST_DIGITS + " digits");
        }
        return exact.toPlainString();
    }

    private static BigDecimal exact(JsonNode number) {
        try {
            return new BigDecimal(number.asString());
        } catch (NumberFormatException e) {
            throw ApiError.badRequest(
                    "Invalid request body: the exponent of a number is outside the range of a 32-bit integer");
        }
    }
}
