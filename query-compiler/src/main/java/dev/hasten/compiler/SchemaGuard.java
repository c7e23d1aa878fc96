package dev.hasten.compiler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the compiler, which takes what it can parse of any text and trusts it. Refused here:
 *
 * <ul>
 *   <li>other databases: the compiler does not look at the datasource and makes PostgreSQL's SQL of a MySQL schema;
 *   <li>names with a double quote: the compiler writes {@code @map("a\"b")} into its SQL as it is, so that whoever
 *       uploads a schema could end the name and go on with SQL of their own;
 *   <li>blocks, strings and comments without an end: what comes after them would escape the rules above.
 * </ul>
 *
 * <p>Only what tells names from other text is understood here; everything else is the compiler's. In doubt, that is where
 * the compiler may see a name and this class something else, the schema is refused.
 */
final class SchemaGuard {
    private static final Set<String> POSTGRESQL = Set.of("postgresql", "postgres");
    /** Functions whose argument is a value or PostgreSQL's business, never a name in the compiler's SQL. */
    private static final Set<String> NO_NAMES = Set.of("default", "dbgenerated", "Unsupported", "raw", "env");

    private final String schema;
    private int position;
    /** The open braces; a block's content has one. */
    private int depth;

    private int blockStart;
    /** {@code model}, {@code datasource}, ...: the first word of the line outside of all blocks. */
    private String block = "";

    private String word = "";
    /** Whether only blanks came since {@code word =}. */
    private boolean assigned;
    /** The words before the parentheses that are open in this line. */
    private final Deque<String> calls = new ArrayDeque<>();

    private @Nullable String provider;

    private SchemaGuard(String schema) {
        this.schema = schema;
    }

    /** @throws SchemaException if the schema is refused */
    static void check(String schema) throws SchemaException {
        SchemaGuard guard = new SchemaGuard(schema);
        guard.scan();
        String provider = guard.provider;
        if (provider == null) {
            throw new SchemaException(
                    "The schema has no datasource with a provider. Hasten needs provider = \"postgresql\".");
        }
        if (!POSTGRESQL.contains(provider)) {
            throw new SchemaException(
                    "The schema's datasource has the provider \"%s\". Hasten supports only \"postgresql\"."
                            .formatted(provider.length() > 40 ? provider.substring(0, 40) + "..." : provider));
        }
    }

    private void scan() throws SchemaException {
        while (position < schema.length()) {
            char c = schema.charAt(position);
            if (c == '"') {
                string();
            } else if (schema.startsWith("//", position)) {
                int end = schema.indexOf('\n', position);
                position = end < 0 ? schema.length() : end;
            } else if (schema.startsWith("/*", position)) {
                comment();
            } else if (Character.isLetter(c)) {
                word();
            } else {
                punctuation(c);
                position++;
            }
        }
        if (depth > 0) {
            throw unfinished("block", blockStart);
        }
    }

    private void string() throws SchemaException {
        int start = position;
        int end = start + 1;
        while (end < schema.length() && schema.charAt(end) != '"' && schema.charAt(end) != '\n') {
            end += schema.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= schema.length() || schema.charAt(end) != '"') {
            throw unfinished("string", start);
        }
        position = end + 1;
        String text = schema.substring(start + 1, end);
        if (block.equals("datasource")) {
            if (depth == 1 && assigned && word.equals("provider")) {
                if (provider != null) {
                    throw new SchemaException("The schema has more than one datasource provider.");
                }
                provider = text;
            }
        } else if (!block.equals("generator")
                && hasQuote(text)
                && !NO_NAMES.contains(calls.isEmpty() ? "" : calls.peek())) {
            throw new SchemaException("The schema has a name with a double quote in line %d, which Hasten refuses."
                    .formatted(line(start)));
        }
        assigned = false;
    }

    private void comment() throws SchemaException {
        int end = schema.indexOf("*/", position + 2);
        if (end < 0) {
            throw unfinished("comment", position);
        }
        if (hasQuote(schema.substring(position, end))) {
            throw new SchemaException("The schema has a comment with an escaped quote in line %d, which Hasten refuses."
                    .formatted(line(position)));
        }
        position = end + 2;
    }

    private void word() {
        int start = position;
        while (position < schema.length() && isWordPart(schema.charAt(position))) {
            position++;
        }
        word = schema.substring(start, position);
        assigned = false;
        if (depth == 0 && block.isEmpty()) {
            block = word;
        }
    }

    private void punctuation(char c) throws SchemaException {
        switch (c) {
            case '{' -> {
                if (depth++ == 0) {
                    blockStart = position;
                }
            }
            case '}' -> {
                if (depth == 0) {
                    throw new SchemaException(
                            "The schema has a closing brace without a block, in line %d.".formatted(line(position)));
                }
                if (--depth == 0) {
                    block = "";
                }
            }
            case '(' -> calls.push(word);
            case ')' -> calls.poll();
            case '\n' -> {
                // The compiler starts afresh with the next line after one that it does not understand.
                calls.clear();
                if (depth == 0) {
                    block = "";
                }
            }
            default -> {}
        }
        assigned = c == '=' || (assigned && Character.isWhitespace(c));
    }

    /** Whether the text of a string has a double quote in it, which can be written in two ways. */
    private static boolean hasQuote(String text) {
        return text.contains("\\\"") || text.contains("\\u0022");
    }

    private SchemaException unfinished(String what, int at) {
        return new SchemaException(
                "The schema has a %s without an end, which begins in line %d.".formatted(what, line(at)));
    }

    private long line(int at) {
        return 1 + schema.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }
}
