package dev.hasten.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 of everything that determines the response to a query: the request body without a {@link Member} that
 * does not affect the response. Bodies with the same signature are equivalent. The hash is cryptographic because a
 * collision would return the data of a different query.
 *
 * <p>The JSON is not parsed. A body in which this class and a parser would find the member at different positions is
 * not valid JSON and is never answered with data.
 */
public record QuerySignature(long a, long b, long c, long d) {
    private static final String HEX = "0123456789abcdef";

    /** A member of the outermost object that does not affect the response. */
    public static final class Member {
        /** Comments that Prisma adds to statements, such as trace ids. */
        public static final Member COMMENTS = new Member("comments");

        /** The cache strategy of SQL over HTTP. */
        public static final Member CACHE_STRATEGY = new Member("cacheStrategy");

        private final byte[] quoted;
        private final boolean[] letters = new boolean[256];

        private Member(String name) {
            this.quoted = ('"' + name + '"').getBytes(US_ASCII);
            for (byte letter : quoted) {
                letters[letter] = true;
            }
        }

        /**
         * Whether the quoted name occurs anywhere in the body. The search is cheap because it advances by the length of
         * the name.
         */
        public boolean isMentionedIn(byte[] body) {
            int stride = quoted.length;
            for (int i = stride - 1; i < body.length; i += stride) {
                // A letter may occur in the name several times.
                for (int at = letters[body[i] & 0xff] ? stride - 1 : -1; at >= 0; at--) {
                    if (quoted[at] == body[i] && standsAt(body, i - at)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private boolean standsAt(byte[] body, int at) {
            return at >= 0
                    && at + quoted.length <= body.length
                    && Arrays.equals(body, at, at + quoted.length, quoted, 0, quoted.length);
        }
    }

    /**
     * Returns the signature of a body and its context.
     *
     * @param context anything else that affects the response, in ASCII; must always have the same length within a
     *     protocol; empty for none
     * @param without the member to ignore
     */
    public static QuerySignature of(String context, byte[] body, Member without) {
        MessageDigest digest = Sha256.digest();
        if (!context.isEmpty()) {
            digest.update(context.getBytes(US_ASCII));
        }
        if (without.isMentionedIn(body)) {
            new WithoutMember(without, body, digest).run();
        } else {
            digest.update(body);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new QuerySignature(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    }

    /**
     * Parses {@link #toString}.
     *
     * @throws IllegalArgumentException if the text does not consist of 64 hex digits
     */
    public static QuerySignature parse(String hex) {
        ByteBuffer hash = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        if (hash.remaining() != 32) {
            throw new IllegalArgumentException("a signature has 64 hex digits");
        }
        return new QuerySignature(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    }

    /** 64 lower-case hex digits. */
    @Override
    public String toString() {
        byte[] text = new byte[64];
        hex(a, text, 0);
        hex(b, text, 16);
        hex(c, text, 32);
        hex(d, text, 48);
        return new String(text, US_ASCII);
    }

    private static void hex(long number, byte[] text, int at) {
        for (int i = 0; i < 16; i++) {
            text[at + i] = (byte) HEX.charAt((int) (number >>> (60 - 4 * i)) & 15);
        }
    }

    /** Hashes a body as if its outermost object had no members of this name. */
    private static final class WithoutMember {
        private static final int NONE = -1;

        private final Member member;
        private final byte[] body;
        private final MessageDigest digest;
        private int at;
        private int depth;
        private boolean nameFollows;
        /** The comma before the current member of the outermost object. */
        private int comma = NONE;

        WithoutMember(Member member, byte[] body, MessageDigest digest) {
            this.member = member;
            this.body = body;
            this.digest = digest;
        }

        void run() {
            int kept = 0;
            while (at < body.length) {
                if (nameFollows && depth == 1 && member.standsAt(body, at)) {
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

        /** Skips one token, or one byte between tokens. */
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

        /**
         * Skips the name, the colon and the value, up to the comma or brace after them. If it is the first member, also
         * skips that comma.
         */
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
