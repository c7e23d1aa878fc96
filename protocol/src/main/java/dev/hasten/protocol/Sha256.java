package dev.hasten.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java platform supports. */
public final class Sha256 {
    /** Only cloned, never updated. Cloning avoids a provider lookup for every request. */
    private static final MessageDigest FRESH = search();

    private Sha256() {}

    /** Returns a new digest. */
    public static MessageDigest digest() {
        try {
            return (MessageDigest) FRESH.clone();
        } catch (CloneNotSupportedException e) {
            // Some hardware providers do not support cloning.
            return search();
        }
    }

    /** Returns the digest of the bytes: 32 bytes. */
    public static byte[] of(byte[] bytes) {
        return digest().digest(bytes);
    }

    private static MessageDigest search() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
