package dev.hasten.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The grammar of a request head in RFC 9112 as regular expressions: slow, and independent of the server's own rules. */
final class ReferenceHead {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile(TOKEN + " [\\x21-\\x7e\\x80-\\xff]+ HTTP/\\d\\.\\d");
    private static final Pattern FIELD_LINE =
            Pattern.compile(TOKEN + ":[\\x20\\t]*(?:[\\x21-\\x7e\\x80-\\xff][\\x20\\t\\x21-\\x7e\\x80-\\xff]*)?");

    private ReferenceHead() {}

    /** Whether the first head in a text, which ends with an empty line, is valid and has one meaning. */
    static boolean isValid(String text) {
        // A server may ignore one empty line before a request.
        String head = text.startsWith("\r\n") ? text.substring(2) : text;
        List<String> lines = new ArrayList<>(
                List.of(head.substring(0, head.indexOf("\r\n\r\n")).split("\r\n", -1)));
        if (!REQUEST_LINE.matcher(lines.removeFirst()).matches()) {
            return false;
        }
        int lengths = 0;
        int encodings = 0;
        for (String line : lines) {
            if (!FIELD_LINE.matcher(line).matches()) {
                return false;
            }
            String name = line.substring(0, line.indexOf(':'));
            String value = line.substring(line.indexOf(':') + 1).replaceAll("^[ \\t]+|[ \\t]+$", "");
            if (name.equalsIgnoreCase("content-length")) {
                lengths++;
                if (!value.matches("\\d+")) {
                    return false;
                }
            } else if (name.equalsIgnoreCase("transfer-encoding")) {
                encodings++;
                if (!value.equalsIgnoreCase("chunked")) {
                    return false;
                }
            }
        }
        return lengths + encodings <= 1;
    }
}
