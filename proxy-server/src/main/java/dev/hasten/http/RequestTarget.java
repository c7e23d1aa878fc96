package dev.hasten.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request target in origin form, split at the first question mark. {@link HeadRules} guarantees that it is ASCII.
 *
 * @param path the path as sent, still percent-encoded
 * @param query the part after the question mark, or null if there is none
 */
record RequestTarget(String path, @Nullable String query) {

    static RequestTarget of(String target) {
        int mark = target.indexOf('?');
        return mark < 0
                ? new RequestTarget(target, null)
                : new RequestTarget(target.substring(0, mark), target.substring(mark + 1));
    }

    /** The first value of a query parameter, decoded as in HTML forms; null if it is absent. */
    @Nullable
    String parameter(String name) {
        if (query == null) {
            return null;
        }
        int start = 0;
        while (start <= query.length()) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            int equals = query.indexOf('=', start);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (decode(query.substring(start, nameEnd), true).equals(name)) {
                return decode(query.substring(Math.min(nameEnd + 1, end), end), true);
            }
            start = end + 1;
        }
        return null;
    }

    /** Whether every percent sign is followed by two hex digits. Servers may interpret other targets differently. */
    static boolean isWellEncoded(String target) {
        for (int i = target.indexOf('%'); i >= 0; i = target.indexOf('%', i + 3)) {
            if (i + 2 >= target.length()
                    || Character.digit(target.charAt(i + 1), 16) < 0
                    || Character.digit(target.charAt(i + 2), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Decodes percent-encoding. Bytes that are not valid UTF-8 become U+FFFD. */
    static String decode(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.write(Character.digit(text.charAt(i + 1), 16) << 4 | Character.digit(text.charAt(i + 2), 16));
                i += 2;
            } else {
                bytes.write(c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
