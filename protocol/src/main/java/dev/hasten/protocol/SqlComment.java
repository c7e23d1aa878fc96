package dev.hasten.protocol;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** SQL comments in the format of the sqlcommenter specification. */
public final class SqlComment {
    private SqlComment() {}

    /**
     * {@code /*k='v',...}{@code *}{@code /} with sorted keys and percent-encoded keys and values; empty if there are
     * no tags.
     */
    public static String of(Map<String, String> tags) {
        if (tags.isEmpty()) {
            return "";
        }
        List<String> parts = new ArrayList<>(tags.size());
        new TreeMap<>(tags)
                .forEach((key, value) ->
                        parts.add(encoded(key) + "='" + encoded(value).replace("'", "\\'") + "'"));
        return "/*" + String.join(",", parts) + "*/";
    }

    /**
     * Same as JavaScript's encodeURIComponent, which does not encode {@code !'()*} and encodes a space as {@code %20}.
     */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%21", "!")
                .replace("%27", "'")
                .replace("%28", "(")
                .replace("%29", ")")
                .replace("%2A", "*")
                .replace("%7E", "~");
    }
}
