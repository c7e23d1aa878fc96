package dev.hasten.protocol.value;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Formats and parses doubles as JavaScript does. */
public final class JsNumbers {
    /** The longest text that {@link #write} produces, in bytes: {@code -0.0000012345678901234567}. */
    public static final int MAX_LENGTH = 25;

    private static final double MAX_SAFE_INTEGER = 9_007_199_254_740_991.0;

    /** Below this value, the shortest form of some doubles has one digit, but {@link Double#toString} prints two. */
    private static final double COARSE_LIMIT = 1e-320;

    private JsNumbers() {}

    /** {@code String(value)}: shortest round-trip digits, exponents from 1e21 up and from 1e-7 down, -0 is "0". */
    public static String toString(double value) {
        if (isSafeInteger(value)) {
            return Long.toString((long) value);
        }
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        byte[] digits = shortest(value).getBytes(StandardCharsets.ISO_8859_1);
        byte[] target = new byte[digits.length + DecimalText.GROWTH];
        int length = DecimalText.normalize(digits, 0, digits.length, target, 0);
        return new String(target, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Writes {@link #toString(double)} as ASCII.
     *
     * @param target has at least {@link #MAX_LENGTH} bytes from {@code at} on
     * @return the position after the last byte written
     */
    public static int write(double value, byte[] target, int at) {
        byte[] text = toString(value).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(text, 0, target, at, text.length);
        return at + text.length;
    }

    /** {@code Number.isSafeInteger(value)}: an integer of at most 2^53 - 1 in magnitude. */
    public static boolean isSafeInteger(double value) {
        return Math.abs(value) <= MAX_SAFE_INTEGER && (long) value == value;
    }

    /**
     * {@code Number(text)}: JavaScript white space is trimmed, an empty text is 0, {@code 0x}, {@code 0o} and
     * {@code 0b} are accepted without a sign, and {@code [+-]Infinity} is a number.
     *
     * @return NaN for any other text
     */
    public static double parse(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        if (start == end) {
            return 0;
        }
        String number = text.substring(start, end);
        if (number.length() > 2 && number.charAt(0) == '0') {
            switch (number.charAt(1)) {
                case 'x', 'X' -> {
                    return parseInteger(number, 16);
                }
                case 'o', 'O' -> {
                    return parseInteger(number, 8);
                }
                case 'b', 'B' -> {
                    return parseInteger(number, 2);
                }
                default -> {}
            }
        }
        if (isDecimal(number)) {
            return Double.parseDouble(number);
        }
        return switch (number) {
            case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.NaN;
        };
    }

    private static final int MAX_INTEGER_DIGITS = 1100;

    private static double parseInteger(String prefixed, int radix) {
        for (int i = 2; i < prefixed.length(); i++) {
            char c = prefixed.charAt(i);
            if (c > 'f' || Character.digit(c, radix) < 0) {
                return Double.NaN;
            }
        }
        int first = 2;
        while (first < prefixed.length() - 1 && prefixed.charAt(first) == '0') {
            first++;
        }
        if (prefixed.length() - first > MAX_INTEGER_DIGITS) {
            // Larger than any double in every radix; converting it would take time quadratic in its length.
            return Double.POSITIVE_INFINITY;
        }
        return new BigInteger(prefixed.substring(first), radix).doubleValue();
    }

    /** Checks the grammar, because {@link Double#parseDouble} also accepts "1d", "NaN" and hexadecimal floats. */
    private static boolean isDecimal(String text) {
        int length = text.length();
        int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        int integerEnd = skipDigits(text, at);
        int digits = integerEnd - at;
        at = integerEnd;
        if (at < length && text.charAt(at) == '.') {
            int fractionEnd = skipDigits(text, at + 1);
            digits += fractionEnd - at - 1;
            at = fractionEnd;
        }
        if (digits == 0) {
            return false;
        }
        if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < length && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
                at++;
            }
            int exponentEnd = skipDigits(text, at);
            return exponentEnd > at && exponentEnd == length;
        }
        return at == length;
    }

    private static int skipDigits(String text, int from) {
        int at = from;
        while (at < text.length() && DecimalText.isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** ECMAScript's WhiteSpace and LineTerminator productions. */
    private static boolean isSpace(char c) {
        return c == ' '
                || (c >= '\t' && c <= '\r')
                || c == '\u00a0'
                || c == '\ufeff'
                || c == '\u2028'
                || c == '\u2029'
                || (c > '\u00a0' && Character.getType(c) == Character.SPACE_SEPARATOR);
    }

    /**
     * {@link Double#toString} returns the shortest closest decimal of at least two digits; ECMAScript also allows one.
     */
    private static String shortest(double value) {
        String text = Double.toString(value);
        if (Math.abs(value) >= COARSE_LIMIT) {
            return text;
        }
        int exponent = text.indexOf('E');
        int point = text.indexOf('.');
        if (exponent - point != 2 || text.charAt(point + 1) == '0') {
            return text;
        }
        long tenths = (text.charAt(point - 1) - '0') * 10L + text.charAt(point + 1) - '0';
        String rounded = (value < 0 ? "-" : "") + (tenths + 5) / 10 + text.substring(exponent);
        return Double.parseDouble(rounded) == value ? rounded : text;
    }
}
