package dev.hasten.compiler;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * {@code JSON.stringify} for the values of {@link JsHeap}, byte for byte, in UTF-8. There are two differences: a BigInt
 * becomes a number with all its digits, where JavaScript throws, and numbers below 1e-322 may have one more digit.
 */
final class JsValue {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);

    private JsValue() {}

    static byte[] stringify(Object value) {
        JsValue json = new JsValue();
        json.write(value);
        return json.out.toByteArray();
    }

    private void write(Object value) {
        switch (value) {
            case JsHeap.Primitive _ -> ascii("null");
            case Boolean b -> ascii(b.toString());
            case Double d -> ascii(number(d));
            case BigInteger i -> ascii(i.toString());
            case String s -> string(s);
            case List<?> list -> {
                out.write('[');
                for (int i = 0; i < list.size(); i++) {
                    if (i > 0) {
                        out.write(',');
                    }
                    write(list.get(i));
                }
                out.write(']');
            }
            case Map<?, ?> object -> {
                out.write('{');
                boolean first = true;
                for (Map.Entry<?, ?> entry : object.entrySet()) {
                    if (entry.getValue() != JsHeap.Primitive.UNDEFINED) {
                        if (!first) {
                            out.write(',');
                        }
                        first = false;
                        string((String) entry.getKey());
                        out.write(':');
                        write(entry.getValue());
                    }
                }
                out.write('}');
            }
            default -> throw new IllegalStateException("no JSON for " + value.getClass());
        }
    }

    /**
     * Same as JavaScript's Number::toString (ECMA-262 section 6.1.6.1.20), except that non-finite numbers become null.
     */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        // Java also prints the shortest digits that parse to the same number; only the format differs.
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        double magnitude = Math.abs(value);
        if (magnitude >= 1e-6 && magnitude < 1e21) {
            return decimal.toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + Math.abs(exponent);
    }

    private void string(String text) {
        out.write('"');
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\') {
                continue;
            }
            out.writeBytes(text.substring(done, i).getBytes(StandardCharsets.UTF_8));
            done = i + 1;
            out.write('\\');
            switch (c) {
                case '"', '\\' -> out.write(c);
                case '\b' -> out.write('b');
                case '\f' -> out.write('f');
                case '\n' -> out.write('n');
                case '\r' -> out.write('r');
                case '\t' -> out.write('t');
                default -> {
                    ascii("u00");
                    out.write(HEX[c >> 4]);
                    out.write(HEX[c & 15]);
                }
            }
        }
        out.writeBytes(text.substring(done).getBytes(StandardCharsets.UTF_8));
        out.write('"');
    }

    private void ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
