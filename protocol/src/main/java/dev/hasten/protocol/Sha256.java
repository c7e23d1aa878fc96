package dev.hasten.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java platform has. */
public final class Sha256 {
    /** Never updated, only cloned, which spares every request the search for a provider. */
    private static final MessageDigest FRESH = search();

    private Sha256() {}

    /** A digest that nobody has used yet. */
    public static MessageDigest digest() {
        try {
            return (MessageDigest) FRESH.clone();
        } catch (CloneNotSupportedException e) {
            // Some hardware providers cannot.
            return search();
        }
    }

    /** The 32 bytes of a text's or body's digest. */
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
