package dev.hasten.protocol.value;

import java.nio.charset.StandardCharsets;

/**
 * Decimal text as returned by Prisma's executor: {@code String(new Decimal(text))} of decimal.js with default settings.
 */
public final class JsDecimals {
    private static final int MAX_PLAIN_INTEGER_DIGITS = 21;
    private static final int MAX_LEADING_FRACTION_ZEROS = 5;

    private JsDecimals() {}

    /**
     * Normalizes PostgreSQL numeric text or a JSON number: keeps every digit, removes leading and trailing zeros,
     * changes {@code -0} to {@code 0}, and uses exponential notation from 1e21 up and from 1e-7 down.
     *
     * @param numeric {@code [+-]digits[.digits][e[+-]digits]}, {@code NaN} or {@code [+-]Infinity}, of any length
     * @return the same instance if it is already normalized
     * @throws NumberFormatException for any other text, including decimal.js's hexadecimal and underscore formats
     */
    public static String normalize(String numeric) {
        if (isNormal(numeric)) {
            return numeric;
        }
        byte[] source = numeric.getBytes(StandardCharsets.ISO_8859_1);
        byte[] target = new byte[source.length + DecimalText.GROWTH];
        int length = DecimalText.normalize(source, 0, source.length, target, 0);
        if (length != DecimalText.NOT_DECIMAL) {
            return new String(target, 0, length, StandardCharsets.ISO_8859_1);
        }
        return switch (numeric) {
            case "NaN", "+NaN", "-NaN" -> "NaN";
            case "Infinity", "+Infinity" -> "Infinity";
            case "-Infinity" -> numeric;
            default -> throw new NumberFormatException("[DecimalError] Invalid argument: " + numeric);
        };
    }

    /** A cheap check for the common case. Returns true only for plain notation that is already normalized. */
    private static boolean isNormal(String text) {
        int length = text.length();
        int start = length > 0 && text.charAt(0) == '-' ? 1 : 0;
        int at = start;
        while (at < length && DecimalText.isDigit(text.charAt(at))) {
            at++;
        }
        int integerDigits = at - start;
        if (integerDigits == 0 || integerDigits > MAX_PLAIN_INTEGER_DIGITS) {
            return false;
        }
        boolean zeroInteger = text.charAt(start) == '0';
        if (zeroInteger && integerDigits > 1) {
            return false;
        }
        if (at == length) {
            return !(zeroInteger && start == 1);
        }
        if (text.charAt(at++) != '.') {
            return false;
        }
        int fraction = at;
        while (at < length && DecimalText.isDigit(text.charAt(at))) {
            at++;
        }
        if (at != length || at == fraction || text.charAt(at - 1) == '0') {
            return false;
        }
        return !zeroInteger || leadingZeros(text, fraction) <= MAX_LEADING_FRACTION_ZEROS;
    }

    private static int leadingZeros(String text, int from) {
        int at = from;
        while (text.charAt(at) == '0') {
            at++;
        }
        return at - from;
    }
}
