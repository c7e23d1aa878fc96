package dev.hasten.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/** Request targets in origin form. {@link HeadRules} guarantees that they are ASCII. */
final class RequestTarget {
    private static final int MOST_PARAMETERS = 20;

    private RequestTarget() {}

    /** The part before the first question mark, still percent-encoded. */
    static String path(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /** The decoded parameters after the first question mark. Bytes that are not valid UTF-8 become U+FFFD. */
    static Map<String, List<String>> parameters(String target) {
        // In SQL, a semicolon must not separate parameters.
        return new QueryStringDecoder(target, UTF_8, true, MOST_PARAMETERS, true).parameters();
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
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.write(Character.digit(text.charAt(i + 1), 16) << 4 | Character.digit(text.charAt(i + 2), 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(UTF_8);
    }
}
