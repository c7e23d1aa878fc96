package dev.hasten.auth;

import dev.hasten.protocol.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The SHA-256 of a token, which is stored instead of the token. Used as the key of a hash map, where a lookup takes one
 * hash and one constant-time comparison. A fast hash is sufficient because tokens are random and cannot be guessed.
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
     * Parses the output of {@link #hex()}; upper-case digits are accepted too.
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
