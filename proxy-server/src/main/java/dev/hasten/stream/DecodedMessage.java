package dev.hasten.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A message of the output plugin {@code test_decoding} (contrib/test_decoding/test_decoding.c). */
sealed interface DecodedMessage {
    /** A transaction begins. Transactions follow each other in the order of their commits. */
    record Begin() implements DecodedMessage {}

    /** The transaction was committed. */
    record Commit(int transaction) implements DecodedMessage {}

    /**
     * Rows of tables were changed; several if they were truncated.
     *
     * @param tables with schemas, quoted as by {@code quote_ident}
     */
    record Change(List<String> tables) implements DecodedMessage {}

    /** A message that an app or an event trigger has emitted. */
    record Emitted(String prefix) implements DecodedMessage {}

    /** Anything else: the change is not understood. */
    record Unknown() implements DecodedMessage {}

    /** Only the beginning of a message is read, because a row can be large. Names have at most 2 * (63 * 2 + 2) + 1 bytes. */
    int HEAD_BYTES = 64 << 10;

    /** Enough for almost every name. */
    int USUAL_BYTES = 256;

    /** Parses a message. */
    static DecodedMessage of(ByteBuffer payload) {
        DecodedMessage message = of(payload, USUAL_BYTES);
        return message instanceof Unknown && payload.remaining() > USUAL_BYTES ? of(payload, HEAD_BYTES) : message;
    }

    private static DecodedMessage of(ByteBuffer payload, int atMost) {
        int length = Math.min(payload.remaining(), atMost);
        byte[] head = new byte[length];
        payload.slice(payload.position(), length).get(head);
        String text = new String(head, UTF_8);
        if (text.startsWith("table ")) {
            return change(text);
        }
        if (text.startsWith("BEGIN")) {
            return new Begin();
        }
        if (text.startsWith("COMMIT ")) {
            return new Commit(
                    Integer.parseUnsignedInt(text.substring("COMMIT ".length()).split(" ", 2)[0]));
        }
        if (text.startsWith("message: ")) {
            int prefix = text.indexOf("prefix: ") + "prefix: ".length();
            int end = text.indexOf(", sz: ", prefix);
            return new Emitted(end < 0 ? "" : text.substring(prefix, end));
        }
        return new Unknown();
    }

    private static DecodedMessage change(String text) {
        List<String> tables = new ArrayList<>();
        int at = "table ".length();
        while (true) {
            int end = endOfName(text, at);
            if (end < 0 || end >= text.length() || text.charAt(end) != '.') {
                return new Unknown();
            }
            end = endOfName(text, end + 1);
            if (end < 0) {
                return new Unknown();
            }
            tables.add(text.substring(at, end));
            if (text.startsWith(": ", end)) {
                return new Change(tables);
            }
            if (!text.startsWith(", ", end)) {
                return new Unknown();
            }
            at = end + 2;
        }
    }

    /** Returns the position after a name; -1 if there is none. */
    private static int endOfName(String text, int start) {
        int at = start;
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            while (at < text.length()) {
                if (text.charAt(at) != '"') {
                    at++;
                } else if (text.startsWith("\"\"", at)) {
                    at += 2;
                } else {
                    return at + 1;
                }
            }
            return -1;
        }
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        return at > start ? at : -1;
    }

    /** quote_ident quotes every name with another character. */
    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
}
