package dev.hasten.auth;

import dev.hasten.config.Secret;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The token of a new key, {@code hasten_<id>_<secret>}. The prefix lets secret scanners find a leaked token, and the id
 * identifies the key to revoke. Only the secret part, with 190 random bits, is confidential.
 *
 * @param id 8 characters from an alphabet without easily confused characters: 40 random bits
 * @param text the whole token
 */
record KeyToken(String id, String text) {
    private static final String ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final String SECRET_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 8;
    private static final int SECRET_LENGTH = 32;
    private static final Pattern ID = Pattern.compile("[" + ID_ALPHABET + "]{" + ID_LENGTH + "}");

    /** A token with the same secret for another id. */
    KeyToken withId(String other) {
        return new KeyToken(other, text.replaceFirst(id, other));
    }

    /** Creates a token. Pass a {@link java.security.SecureRandom}. */
    static KeyToken random(RandomGenerator random) {
        String id = random(random, ID_ALPHABET, ID_LENGTH);
        return new KeyToken(id, "hasten_" + id + "_" + random(random, SECRET_ALPHABET, SECRET_LENGTH));
    }

    /** Whether a text has the format of an id. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    private static String random(RandomGenerator random, String alphabet, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "KeyToken[id=" + id + ", text=" + Secret.MASK + "]";
    }
}
