package dev.hasten.protocol.value;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;

/** The two formats of collision-resistant IDs, as the packages bugsnag/cuid and paralleldrive/cuid2 make them. */
final class Cuids {
    private static final int BASE = 36;
    private static final int BLOCK = 4;
    private static final int BLOCK_VALUES = 1_679_616;
    private static final int CUID2_LENGTH = 24;
    private static final int FINGERPRINT2_LENGTH = 32;

    private Cuids() {}

    static String cuid1(long epochMillis, long counter, String fingerprint, RandomGenerator random) {
        return "c"
                + Long.toString(epochMillis, BASE)
                + lastDigits(counter, BLOCK)
                + fingerprint
                + lastDigits(random.nextInt(BLOCK_VALUES), BLOCK)
                + lastDigits(random.nextInt(BLOCK_VALUES), BLOCK);
    }

    /** Two digits of the process ID, two of the sum of the host name's characters, its length and 36. */
    static String fingerprint1(String hostName, long processId) {
        int host = hostName.chars().sum() + hostName.length() + BASE;
        return lastDigits(processId, 2) + lastDigits(host, 2);
    }

    static String cuid2(long epochMillis, long counter, String fingerprint, RandomGenerator random) {
        char letter = (char) ('a' + random.nextInt(26));
        String salt = entropy(CUID2_LENGTH, random);
        String hash = hash(Long.toString(epochMillis, BASE) + salt + Long.toString(counter, BASE) + fingerprint);
        return letter + hash.substring(1, CUID2_LENGTH);
    }

    static String fingerprint2(String hostName, long processId, RandomGenerator random) {
        return hash(hostName + processId + entropy(FINGERPRINT2_LENGTH, random)).substring(0, FINGERPRINT2_LENGTH);
    }

    /** SHA3-512 in base 36 without its first digit, which is not evenly distributed. */
    static String hash(String input) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA3-512").digest(input.getBytes(UTF_8));
            return new BigInteger(1, digest).toString(BASE).substring(1);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK since 9 has SHA3-512", e);
        }
    }

    private static String entropy(int length, RandomGenerator random) {
        char[] digits = new char[length];
        for (int i = 0; i < length; i++) {
            digits[i] = Character.forDigit(random.nextInt(BASE), BASE);
        }
        return new String(digits);
    }

    private static String lastDigits(long value, int width) {
        String digits = Long.toString(value, BASE);
        int length = digits.length();
        return length >= width ? digits.substring(length - width) : "0".repeat(width - length) + digits;
    }
}
