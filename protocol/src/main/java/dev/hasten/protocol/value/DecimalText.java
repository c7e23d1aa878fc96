package dev.hasten.protocol.value;

/**
 * Rewrites decimal text in the format of ECMAScript's {@code Number::toString} and decimal.js: no leading or
 * trailing zeros, exponential notation from 1e21 up and from 1e-7 down. It operates on digits and is therefore exact
 * for any length.
 */
final class DecimalText {
    /** Maximum number of bytes by which the output is longer than the input ({@code 1e20} becomes 21 digits). */
    static final int GROWTH = 24;

    static final int NOT_DECIMAL = -1;

    /** decimal.js's maxE and -minE; beyond them a value is Infinity or zero. */
    private static final long EXPONENT_LIMIT = 9_000_000_000_000_000L;

    private static final byte[] INFINITY = {'I', 'n', 'f', 'i', 'n', 'i', 't', 'y'};

    private DecimalText() {}

    /**
     * Normalizes {@code [+-]digits[.digits][e[+-]digits]}.
     *
     * @param target has at least {@code length + GROWTH} bytes from {@code at} on
     * @return the number of bytes written, or {@link #NOT_DECIMAL}
     */
    static int normalize(byte[] source, int offset, int length, byte[] target, int at) {
        int end = offset + length;
        int position = offset;
        boolean negative = false;
        if (position < end && (source[position] == '-' || source[position] == '+')) {
            negative = source[position++] == '-';
        }
        int digits = 0;
        int integerDigits = -1;
        int firstPosition = -1;
        int firstIndex = 0;
        int lastIndex = 0;
        for (; position < end; position++) {
            byte b = source[position];
            if (b == '.' && integerDigits < 0) {
                integerDigits = digits;
            } else if (isDigit(b)) {
                if (b != '0') {
                    if (firstPosition < 0) {
                        firstPosition = position;
                        firstIndex = digits;
                    }
                    lastIndex = digits;
                }
                digits++;
            } else {
                break;
            }
        }
        if (digits == 0) {
            return NOT_DECIMAL;
        }
        long exponent = (integerDigits < 0 ? digits : integerDigits) - firstIndex - 1L;
        if (position < end) {
            byte b = source[position++];
            if (b != 'e' && b != 'E') {
                return NOT_DECIMAL;
            }
            boolean negativeExponent = false;
            if (position < end && (source[position] == '-' || source[position] == '+')) {
                negativeExponent = source[position++] == '-';
            }
            if (position == end) {
                return NOT_DECIMAL;
            }
            long written = 0;
            for (; position < end; position++) {
                if (!isDigit(source[position])) {
                    return NOT_DECIMAL;
                }
                written = Math.min(written * 10 + source[position] - '0', 2 * EXPONENT_LIMIT);
            }
            exponent += negativeExponent ? -written : written;
        }
        if (firstPosition < 0 || exponent < -EXPONENT_LIMIT) {
            target[at] = '0';
            return 1;
        }
        int start = at;
        if (negative) {
            target[at++] = '-';
        }
        if (exponent > EXPONENT_LIMIT) {
            System.arraycopy(INFINITY, 0, target, at, INFINITY.length);
            return at + INFINITY.length - start;
        }
        return layOut(source, firstPosition, lastIndex - firstIndex + 1, exponent, target, at) - start;
    }

    /**
     * Writes {@code count} significant digits, the first of which has the place value 10^exponent. Returns the
     * end position.
     */
    private static int layOut(byte[] source, int from, int count, long exponent, byte[] target, int at) {
        boolean exponential = exponent >= 21 || exponent <= -7;
        int pointAfter = exponential ? 1 : (int) exponent + 1;
        if (pointAfter <= 0) {
            target[at++] = '0';
            target[at++] = '.';
            for (int zeros = pointAfter; zeros < 0; zeros++) {
                target[at++] = '0';
            }
        }
        int position = from;
        for (int i = 0; i < count; i++) {
            if (i == pointAfter && i > 0) {
                target[at++] = '.';
            }
            byte b = source[position++];
            target[at++] = b == '.' ? source[position++] : b;
        }
        for (int zeros = count; zeros < pointAfter; zeros++) {
            target[at++] = '0';
        }
        if (exponential) {
            target[at++] = 'e';
            target[at++] = (byte) (exponent < 0 ? '-' : '+');
            at = writeDigits(Math.abs(exponent), target, at);
        }
        return at;
    }

    private static int writeDigits(long value, byte[] target, int at) {
        int width = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            width++;
        }
        long rest = value;
        for (int i = at + width - 1; i >= at; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + width;
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
