package dev.hasten.protocol.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Minifies JSON text in one pass without recursion. As long as no byte changes, the output is the input itself and
 * nothing is copied.
 *
 * <p>Objects whose members must be reordered or dropped are not parsed into a tree. At the closing brace, their members
 * are already complete in the output, and {@link MemberOrder} determines the order in which they are written again.
 * With thousands of nested objects this would take quadratic time, so reordering stops at {@link #MAX_MOVES}. The
 * remaining objects stay unchanged, which is equivalent JSON.
 */
final class JsonMinifier {
    private static final int ARRAY = -1;

    /**
     * Limit of the moved bytes, as a multiple of the text's length: objects to reorder are exact up to a nesting depth
     * of 16.
     */
    private static final int MAX_MOVES = 16;

    private static final int MAX_EXACT_DIGITS = 15;
    private static final int NUMBER_GROWTH = Math.max(DecimalText.GROWTH, JsNumbers.MAX_LENGTH);
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private final byte[] in;

    /** The input as long as {@link #copied} is false; {@link #size} is then the position in the input. */
    private byte[] out;

    private boolean copied;
    private int size;

    /** For each open container, the index of its first member in {@link #members}, or {@link #ARRAY}. */
    private int[] containers = new int[16];

    private int depth;
    private final MemberOrder members = new MemberOrder();
    private long moved;
    private boolean keyNext;
    private byte[] scratch = new byte[32];

    JsonMinifier(byte[] json) {
        this.in = json;
        this.out = json;
    }

    byte[] minify() {
        int at = 0;
        while (at < in.length) {
            switch (in[at]) {
                case ' ', '\t', '\n', '\r' -> diverge(at++);
                case '"' -> at = keyNext ? key(at) : string(at);
                case '{' -> {
                    open(members.count());
                    keyNext = true;
                    at = copy(at, 1);
                }
                case '[' -> {
                    open(ARRAY);
                    keyNext = false;
                    at = copy(at, 1);
                }
                case '}' -> {
                    closeObject(at);
                    keyNext = false;
                    at = copy(at, 1);
                }
                case ']' -> {
                    if (close(at) != ARRAY) {
                        throw malformed(at);
                    }
                    at = copy(at, 1);
                }
                case ',' -> {
                    keyNext = depth > 0 && containers[depth - 1] != ARRAY;
                    at = copy(at, 1);
                }
                case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> at = number(at);
                case ':', 't', 'r', 'u', 'e', 'f', 'a', 'l', 's', 'n' -> at = copy(at, 1);
                default -> throw malformed(at);
            }
        }
        if (depth > 0) {
            throw malformed(at);
        }
        return copied ? Arrays.copyOf(out, size) : in;
    }

    private void open(int firstMember) {
        if (depth == containers.length) {
            containers = Arrays.copyOf(containers, depth * 2);
        }
        containers[depth++] = firstMember;
    }

    private int close(int at) {
        if (depth == 0) {
            throw malformed(at);
        }
        return containers[--depth];
    }

    private void closeObject(int at) {
        int first = close(at);
        if (first == ARRAY) {
            throw malformed(at);
        }
        if (moved < (long) MAX_MOVES * in.length) {
            byte @Nullable [] reordered = members.reorder(first, out, size);
            if (reordered != null) {
                diverge(at);
                moved += size - members.start(first);
                size = members.start(first);
                append(reordered, 0, reordered.length);
            }
        }
        members.truncate(first);
    }

    private int key(int at) {
        keyNext = false;
        int start = size;
        int end = string(at);
        members.add(start, size);
        return end;
    }

    /** Copies a string and rewrites its escapes. Returns the position after its closing quote. */
    private int string(int from) {
        int clean = from;
        int at = from + 1;
        while (at < in.length) {
            byte b = in[at];
            if (b == '"') {
                return copy(clean, at + 1 - clean);
            }
            if (b == '\\') {
                copy(clean, at - clean);
                at = escape(at);
                clean = at;
            } else {
                at++;
            }
        }
        throw malformed(at);
    }

    /** Rewrites the escape at a backslash. Returns the position after it. */
    private int escape(int at) {
        if (at + 1 >= in.length) {
            throw malformed(at);
        }
        if (in[at + 1] == '/') {
            scratch[0] = '/';
            return replace(at, 2, scratch, 1);
        }
        if (in[at + 1] != 'u') {
            return copy(at, 2);
        }
        int unit = hex(at + 2);
        if (Character.isSurrogate((char) unit)) {
            if (Character.isHighSurrogate((char) unit)
                    && at + 11 < in.length
                    && in[at + 6] == '\\'
                    && in[at + 7] == 'u') {
                int low = hex(at + 8);
                if (Character.isLowSurrogate((char) low)) {
                    return replace(at, 12, scratch, utf8(Character.toCodePoint((char) unit, (char) low)));
                }
            }
            return replace(at, 6, scratch, unicodeEscape(unit));
        }
        return replace(at, 6, scratch, character(unit));
    }

    /** Writes a character that is not a surrogate as JSON.stringify does. */
    private int character(int unit) {
        char letter = switch (unit) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '\b' -> 'b';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\f' -> 'f';
            case '\r' -> 'r';
            default -> 0;
        };
        if (letter != 0) {
            scratch[0] = '\\';
            scratch[1] = (byte) letter;
            return 2;
        }
        return unit < ' ' ? unicodeEscape(unit) : utf8(unit);
    }

    private int unicodeEscape(int unit) {
        scratch[0] = '\\';
        scratch[1] = 'u';
        for (int i = 0; i < 4; i++) {
            scratch[2 + i] = HEX[(unit >> (12 - 4 * i)) & 15];
        }
        return 6;
    }

    private int utf8(int codePoint) {
        byte[] encoded = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, scratch, 0, encoded.length);
        return encoded.length;
    }

    private int hex(int from) {
        if (from + 4 > in.length) {
            throw malformed(from);
        }
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(in[i], 16);
            if (digit < 0) {
                throw malformed(i);
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    private int number(int from) {
        int at = from;
        boolean integer = true;
        boolean exponent = false;
        for (; at < in.length; at++) {
            byte b = in[at];
            if (b == '.' || b == '+') {
                integer = false;
            } else if (b == 'e' || b == 'E') {
                integer = false;
                exponent = true;
            } else if (b != '-' && !DecimalText.isDigit(b)) {
                break;
            }
        }
        int length = at - from;
        // Numbers of up to 15 digits are preserved by a double, so their text can be normalized directly.
        boolean exact = !exponent && length <= MAX_EXACT_DIGITS;
        if (exact && integer && (in[from] != '-' || length < 2 || in[from + 1] != '0')) {
            return copy(from, length);
        }
        if (scratch.length < length + NUMBER_GROWTH) {
            scratch = new byte[length + NUMBER_GROWTH];
        }
        int written;
        if (exact) {
            written = DecimalText.normalize(in, from, length, scratch, 0);
            if (written == DecimalText.NOT_DECIMAL) {
                throw malformed(from);
            }
        } else {
            double value = JsNumbers.parse(new String(in, from, length, StandardCharsets.ISO_8859_1));
            if (Double.isNaN(value)) {
                throw malformed(from);
            }
            if (Double.isInfinite(value)) {
                return replace(from, length, NULL, NULL.length);
            }
            written = JsNumbers.write(value, scratch, 0);
        }
        return replace(from, length, scratch, written);
    }

    /** Copies input bytes unchanged. Returns the position after them. */
    private int copy(int from, int length) {
        if (from + length > in.length) {
            throw malformed(from);
        }
        append(in, from, length);
        return from + length;
    }

    /** Writes {@code text} in place of {@code length} input bytes. Returns the position after these. */
    private int replace(int from, int length, byte[] text, int textLength) {
        if (!copied && (length != textLength || !Arrays.equals(in, from, from + length, text, 0, textLength))) {
            diverge(from);
        }
        append(text, 0, textLength);
        return from + length;
    }

    private void append(byte[] source, int from, int length) {
        if (copied) {
            if (size + length > out.length) {
                out = Arrays.copyOf(out, Math.max(size + length, out.length + (out.length >> 1)));
            }
            System.arraycopy(source, from, out, size, length);
        }
        size += length;
    }

    /** Must be called before the output differs from the input; starts copying. */
    private void diverge(int at) {
        if (!copied) {
            out = new byte[in.length + NUMBER_GROWTH];
            System.arraycopy(in, 0, out, 0, at);
            copied = true;
        }
    }

    private static IllegalArgumentException malformed(int at) {
        return new IllegalArgumentException("Malformed JSON at byte " + at);
    }
}
