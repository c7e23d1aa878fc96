package dev.hasten.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The SHA-256 of what determines a query's answer: the request's body without its {@code comments}, which carry trace
 * ids. Two bodies with the same signature ask for the same; a cryptographic hash, because a collision would answer one
 * query with the data of another.
 *
 * <p>The JSON is not parsed. A body in which this class and a parser would see the member {@code comments} at different
 * places is not valid JSON, and has no answer.
 */
public record QuerySignature(long a, long b, long c, long d) {
    private static final byte[] COMMENTS = "\"comments\"".getBytes(US_ASCII);

    private static final String HEX = "0123456789abcdef";

    /**
     * The signature of a body and of what else determines the answer.
     *
     * @param context of always the same length in one protocol, ASCII; empty for none
     */
    public static QuerySignature of(String context, byte[] body) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        if (!context.isEmpty()) {
            digest.update(context.getBytes(US_ASCII));
        }
        if (mentionsComments(body)) {
            new WithoutComments(body, digest).run();
        } else {
            digest.update(body);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new QuerySignature(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    }

    /** The look for a word that is as long as its stride leaves out most of the body. */
    private static boolean mentionsComments(byte[] body) {
        int stride = COMMENTS.length;
        for (int i = stride - 1; i < body.length; i += stride) {
            int at = indexInName(body[i]);
            // A letter may stand in the name twice: c-o-m-m-e-n-t-s and its quotes.
            while (at >= 0) {
                if (matches(body, i - at)) {
                    return true;
                }
                at = indexInName(body[i], at - 1);
            }
        }
        return false;
    }

    private static int indexInName(byte b) {
        return b == '"' || (b >= 'c' && b <= 't') ? indexInName(b, COMMENTS.length - 1) : -1;
    }

    private static int indexInName(byte b, int from) {
        int at = from;
        while (at >= 0 && COMMENTS[at] != b) {
            at--;
        }
        return at;
    }

    private static boolean matches(byte[] body, int at) {
        if (at < 0 || at + COMMENTS.length > body.length) {
            return false;
        }
        for (int i = 0; i < COMMENTS.length; i++) {
            if (body[at + i] != COMMENTS[i]) {
                return false;
            }
        }
        return true;
    }

    /** 64 lower-case hex digits. */
    @Override
    public String toString() {
        char[] text = new char[64];
        hex(a, text, 0);
        hex(b, text, 16);
        hex(c, text, 32);
        hex(d, text, 48);
        return new String(text);
    }

    private static void hex(long number, char[] text, int at) {
        for (int i = 0; i < 16; i++) {
            text[at + i] = HEX.charAt((int) (number >>> (60 - 4 * i)) & 15);
        }
    }

    /** Feeds a body without the members {@code comments} of its outermost object: as if they had never been sent. */
    private static final class WithoutComments {
        private static final int NONE = -1;

        private final byte[] body;
        private final MessageDigest digest;
        private int at;
        private int depth;
        private boolean nameFollows;
        /** The comma before the current member of the outermost object. */
        private int comma = NONE;

        WithoutComments(byte[] body, MessageDigest digest) {
            this.body = body;
            this.digest = digest;
        }

        void run() {
            int kept = 0;
            while (at < body.length) {
                if (nameFollows && depth == 1 && matches(body, at)) {
                    int end = comma == NONE ? at : comma;
                    digest.update(body, kept, end - kept);
                    skipMember();
                    kept = at;
                } else {
                    step();
                }
            }
            digest.update(body, kept, body.length - kept);
        }

        /** Passes one token, or one byte between tokens. */
        private void step() {
            switch (body[at]) {
                case '"' -> {
                    skipString();
                    nameFollows = false;
                    return;
                }
                case '{', '[' -> {
                    depth++;
                    nameFollows = depth == 1;
                    comma = depth == 1 ? NONE : comma;
                }
                case '}', ']' -> depth--;
                case ',' -> {
                    nameFollows = true;
                    comma = depth == 1 ? at : comma;
                }
                default -> {}
            }
            at++;
        }

        /** Passes the name, the colon and the value, up to the comma or brace after them; a first member with its comma. */
        private void skipMember() {
            int before = comma;
            skipString();
            while (at < body.length && !(depth == 1 && (body[at] == ',' || body[at] == '}'))) {
                step();
            }
            if (before == NONE && at < body.length && body[at] == ',') {
                at++;
                nameFollows = true;
            }
        }

        private void skipString() {
            at++;
            while (at < body.length && body[at] != '"') {
                at += body[at] == '\\' ? 2 : 1;
            }
            at = Math.min(at + 1, body.length);
        }
    }
}
