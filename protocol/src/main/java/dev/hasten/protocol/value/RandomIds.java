package dev.hasten.protocol.value;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** IDs that need only the time and randomness: UUID, ULID, nanoid. */
final class RandomIds {
    private static final char[] CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

    /** Same 64 characters as nanoid's alphabet; their order does not matter for a random choice. */
    private static final char[] URL_SAFE =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".toCharArray();

    private static final int ULID_TIME_LENGTH = 10;
    private static final int ULID_LENGTH = 26;

    private RandomIds() {}

    /** RFC 9562 version 4. */
    static String uuid4(RandomGenerator random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return uuid(4, bytes);
    }

    /**
     * RFC 9562 version 7: 48 bits of time, then the 32 bits of {@code sequence}, then the tail of {@code randomness}.
     */
    static String uuid7(long epochMillis, int sequence, byte[] randomness) {
        ByteBuffer bytes = ByteBuffer.wrap(randomness);
        int tail = randomness[10] & 3;
        bytes.putShort(0, (short) (epochMillis >>> 32));
        bytes.putInt(2, (int) epochMillis);
        bytes.putShort(6, (short) (sequence >>> 20));
        bytes.putShort(8, (short) ((sequence >>> 6) & 0x3fff));
        bytes.put(10, (byte) ((sequence << 2) | tail));
        return uuid(7, randomness);
    }

    /** 10 characters of time and 16 of randomness; not ascending within a millisecond, same as {@code ulid()}. */
    static String ulid(long epochMillis, RandomGenerator random) {
        byte[] randomness = new byte[ULID_LENGTH - ULID_TIME_LENGTH];
        random.nextBytes(randomness);
        char[] text = new char[ULID_LENGTH];
        long rest = epochMillis;
        for (int i = ULID_TIME_LENGTH - 1; i >= 0; i--) {
            text[i] = CROCKFORD[(int) rest & 31];
            rest >>>= 5;
        }
        for (int i = ULID_TIME_LENGTH; i < ULID_LENGTH; i++) {
            text[i] = CROCKFORD[randomness[i - ULID_TIME_LENGTH] & 31];
        }
        return new String(text);
    }

    static String nanoid(int length, RandomGenerator random) {
        byte[] randomness = new byte[length];
        random.nextBytes(randomness);
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = URL_SAFE[randomness[i] & 63];
        }
        return new String(text);
    }

    private static String uuid(int version, byte[] bytes) {
        bytes[6] = (byte) ((bytes[6] & 15) | (version << 4));
        bytes[8] = (byte) ((bytes[8] & 63) | 128);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }
}
