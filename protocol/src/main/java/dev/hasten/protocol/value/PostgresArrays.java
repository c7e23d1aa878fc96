package dev.hasten.protocol.value;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** PostgreSQL array text, parsed like the postgres-array package and written like node-postgres. */
public final class PostgresArrays {
    private static final JsonMapper JSON = JsonMapper.shared();

    private PostgresArrays() {}

    /**
     * Parses array output such as {@code {1,NULL,"a\"b",{x}}}. A prefix with bounds ({@code [0:1]=}) is skipped.
     *
     * @return elements as String, null for an unquoted {@code NULL}, and List for nested arrays
     * @throws IllegalArgumentException if the text is not an array
     */
    public static List<@Nullable Object> parse(String text) {
        return parse(text, ',');
    }

    /**
     * Same as {@link #parse(String)}, with a different delimiter.
     *
     * @param delimiter delimiter between elements: a semicolon for {@code box}, a comma for all other types
     */
    public static List<@Nullable Object> parse(String text, char delimiter) {
        int position = text.startsWith("[") ? text.indexOf('=') + 1 : 0;
        int last = text.length() - 1;
        if (last < 0 || text.charAt(last) != '}') {
            throw new IllegalArgumentException("Invalid array text - must end with }");
        }
        if (position >= last || text.charAt(position) != '{') {
            throw new IllegalArgumentException("Invalid array text - must start with {");
        }
        Deque<List<@Nullable Object>> outer = new ArrayDeque<>();
        List<@Nullable Object> current = new ArrayList<>();
        boolean valueNext = true;
        for (position++; position < last; position++) {
            char c = text.charAt(position);
            if (c == delimiter) {
                valueNext = true;
                continue;
            }
            switch (c) {
                case '"' -> {
                    int close = closingQuote(text, position + 1, last);
                    current.add(unescape(text, position + 1, close));
                    position = close;
                    valueNext = false;
                }
                case '{' -> {
                    List<@Nullable Object> nested = new ArrayList<>();
                    current.add(nested);
                    outer.push(current);
                    current = nested;
                    valueNext = true;
                }
                case '}' -> {
                    if (outer.isEmpty()) {
                        throw new IllegalArgumentException("Invalid array text - too many '}'");
                    }
                    current = outer.pop();
                    valueNext = false;
                }
                default -> {
                    if (!valueNext) {
                        throw new IllegalArgumentException("Invalid array text - expected a delimiter");
                    }
                    int end = position + 1;
                    while (end < last && text.charAt(end) != delimiter && text.charAt(end) != '}') {
                        end++;
                    }
                    String value = text.substring(position, end);
                    current.add(value.equals("NULL") ? null : value);
                    position = end - 1;
                    valueNext = false;
                }
            }
        }
        if (!outer.isEmpty()) {
            throw new IllegalArgumentException("Invalid array text - too few '}'");
        }
        return current;
    }

    /**
     * Writes an array literal for a parameter: null as {@code NULL}, nested lists as nested arrays, byte arrays as hex
     * bytea, and all other values quoted: doubles in JavaScript's format, other objects as returned by {@code json}.
     *
     * @param json converts an object to JSON
     * @param growth called before each element is appended, with its number of characters; may throw to stop
     */
    public static String literal(
            List<? extends @Nullable Object> values, Function<Object, String> json, IntConsumer growth) {
        StringBuilder target = new StringBuilder(16 * values.size() + 2);
        new LiteralWriter(target, json, growth).array(values);
        return target.toString();
    }

    /** Same as {@link #literal(List, Function, IntConsumer)}, without a limit on the size. */
    public static String literal(List<? extends @Nullable Object> values) {
        return literal(
                values,
                object -> new String(JsonText.minify(JSON.writeValueAsBytes(object)), StandardCharsets.UTF_8),
                _ -> {});
    }

    private record LiteralWriter(StringBuilder target, Function<Object, String> json, IntConsumer growth) {
        private void array(List<? extends @Nullable Object> values) {
            target.append('{');
            String separator = "";
            for (Object value : values) {
                target.append(separator);
                separator = ",";
                switch (value) {
                    case null -> target.append("NULL");
                    case List<?> nested -> array(nested);
                    case byte[] bytes -> {
                        growth.accept(2 * bytes.length);
                        HexFormat.of().formatHex(target.append("\\\\x"), bytes);
                    }
                    case Double number -> quoted(JsNumbers.toString(number));
                    case Number _, Boolean _, String _ -> quoted(value.toString());
                    default -> quoted(json.apply(value));
                }
            }
            target.append('}');
        }

        private void quoted(String text) {
            growth.accept(text.length());
            target.append('"');
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' || c == '\\') {
                    target.append('\\');
                }
                target.append(c);
            }
            target.append('"');
        }
    }

    private static int closingQuote(String text, int from, int last) {
        for (int at = from; at < last; at++) {
            char c = text.charAt(at);
            if (c == '"') {
                return at;
            }
            if (c == '\\') {
                at++;
            }
        }
        throw new IllegalArgumentException("Invalid array text - quote without end");
    }

    private static String unescape(String text, int from, int end) {
        int backslash = text.indexOf('\\', from, end);
        if (backslash < 0) {
            return text.substring(from, end);
        }
        StringBuilder value = new StringBuilder(end - from);
        int start = from;
        while (backslash >= 0) {
            value.append(text, start, backslash);
            start = backslash + 1;
            backslash = text.indexOf('\\', start + 1, end);
        }
        return value.append(text, start, end).toString();
    }
}
