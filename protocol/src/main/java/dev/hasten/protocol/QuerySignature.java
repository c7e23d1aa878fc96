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

    /** Stands for what was left out; no valid JSON has this byte. */
    private static final byte LEFT_OUT = 0;

    private static final String HEX = "0123456789abcdef";

    /** The signature of a body. */
    public static QuerySignature of(byte[] body) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
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

    /** Feeds a body without the members {@code comments} of its outermost object. */
    private static final class WithoutComments {
        private final byte[] body;
        private final MessageDigest digest;
        private int at;
        private int depth;
        private boolean nameFollows;

        WithoutComments(byte[] body, MessageDigest digest) {
            this.body = body;
            this.digest = digest;
        }

        void run() {
            int kept = 0;
            while (at < body.length) {
                boolean name = nameFollows && depth == 1;
                if (name && matches(body, at)) {
                    digest.update(body, kept, at - kept);
                    digest.update(LEFT_OUT);
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
                }
                case '}', ']' -> depth--;
                case ',' -> nameFollows = true;
                default -> {}
            }
            at++;
        }

        /** Passes the name, the colon and the value, up to the comma or brace after them. */
        private void skipMember() {
            skipString();
            while (at < body.length && !(depth == 1 && (body[at] == ',' || body[at] == '}'))) {
                step();
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
