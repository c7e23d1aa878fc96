package dev.hasten.auth;

import dev.hasten.protocol.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The SHA-256 of a token, by which the token is known. As the key of a hash map it makes a look-up out of one hash and
 * one comparison in constant time. A fast hash is enough, because the tokens are random: there is nothing to guess.
 */
final class TokenDigest {
    private static final int BYTES = 32;

    private final byte[] bytes;

    private TokenDigest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The digest of a token. */
    static TokenDigest of(byte[] token) {
        return new TokenDigest(Sha256.of(token));
    }

    /**
     * The digest that {@link #hex()} wrote; upper-case digits are taken too.
     *
     * @throws IllegalArgumentException if the text is not 64 hex digits
     */
    static TokenDigest parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("a SHA-256 has " + 2 * BYTES + " hex digits");
        }
        return new TokenDigest(HexFormat.of().parseHex(hex));
    }

    /** 64 lower-case hex digits. */
    String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenDigest that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    @Override
    public String toString() {
        return "TokenDigest[****]";
    }
}
