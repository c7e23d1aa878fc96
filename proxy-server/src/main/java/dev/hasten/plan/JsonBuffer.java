package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.ArrayLengths;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ApiError;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Growing UTF-8 bytes of a JSON answer, with a limit. The bytes begin with the frame that all answers of Prisma have, so
 * that a finished answer need not be copied.
 */
public final class JsonBuffer {
    private static final int INITIAL = ArrayLengths.ofBytes(512);
    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
    private static final byte[] FRAME = "{\"data\":".getBytes(UTF_8);
    private static final byte[] NULL = "null".getBytes(UTF_8);
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(UTF_8);

    /** A checkpoint counts once in so many calls: rows may be very small. */
    private static final int CHECKPOINT_EVERY = 16;

    private final @Nullable Cancellation work;
    private int checkpoints;

    /** Where the JSON begins. */
    private final int start;

    private int limit;
    private byte[] bytes;
    private int size;

    /** @param limit bytes that the JSON may have */
    JsonBuffer(long limit) {
        this(limit, FRAME, null);
    }

    /**
     * A buffer for an answer.
     *
     * @param limit bytes that it may have
     * @param work whose memory it takes
     */
    public JsonBuffer(long limit, Cancellation work) {
        this(limit, FRAME, work);
    }

    private JsonBuffer(long limit, byte[] frame, @Nullable Cancellation work) {
        this.work = work;
        this.start = frame.length;
        this.limit = (int) Math.min(limit + start, Integer.MAX_VALUE - 16);
        this.bytes = new byte[INITIAL];
        System.arraycopy(frame, 0, bytes, 0, start);
        this.size = start;
    }

    /** A buffer whose bytes are the JSON and nothing else. */
    public static JsonBuffer withoutFrame(long limit, Cancellation work) {
        return new JsonBuffer(limit, new byte[0], work);
    }

    /** A string literal. */
    public static byte[] literal(String text) {
        return new JsonBuffer(Integer.MAX_VALUE).string(text).json();
    }

    /** A buffer that holds JSON which is there already. */
    public static JsonBuffer of(byte[] json) {
        return new JsonBuffer(Integer.MAX_VALUE / 2).raw(json);
    }

    /** The JSON alone, without the frame. */
    public byte[] json() {
        return Arrays.copyOfRange(bytes, start, size);
    }

    /**
     * Ends the frame.
     *
     * @param extensions JSON of the frame's {@code extensions}, null for none
     * @return the answer {@code {"data":...}}: the bytes from 0 to {@link #size()} of {@link #array()}
     */
    public JsonBuffer finish(byte @Nullable [] extensions) {
        // The limit is for the data; what was done must not be answered as failed because of its telemetry.
        limit = Integer.MAX_VALUE - 16;
        if (extensions != null) {
            ascii(",\"extensions\":").raw(extensions);
        }
        return raw('}');
    }

    /**
     * Puts the data into an object, as its one member.
     *
     * @param name needs no escaping
     */
    public JsonBuffer wrap(String name) {
        limit = Integer.MAX_VALUE - 16;
        byte[] opening = ("{\"" + name + "\":").getBytes(UTF_8);
        ensure(opening.length + 1);
        System.arraycopy(bytes, start, bytes, start + opening.length, size - start);
        System.arraycopy(opening, 0, bytes, start, opening.length);
        size += opening.length;
        return raw('}');
    }

    /** The bytes from 0 to {@link #size()}; not a copy. */
    public byte[] array() {
        return bytes;
    }

    /** How many bytes there are. */
    public int size() {
        return size;
    }

    /** The JSON alone, without the frame, into another buffer. */
    void copyTo(JsonBuffer target) {
        target.copy(bytes, start, size);
    }

    /**
     * Makes room.
     *
     * @throws ApiError P6009 when the answer passes its limit
     */
    private void ensure(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            if (needed > limit) {
                throw ApiError.responseTooLarge("the answer", limit - start);
            }
            grow((int) Math.min(Math.max(needed, ArrayLengths.doubled(bytes.length)), limit));
        }
    }

    private void grow(int length) {
        int old = bytes.length;
        if (work != null) {
            work.memory().take(MemoryUse.RESPONSES, length);
        } else {
            // An intermediate text of a plan. Counted until the request ends.
            PlanMemory.take((long) length - old);
        }
        bytes = Arrays.copyOf(bytes, length);
        if (work != null && old > INITIAL) {
            work.memory().give(MemoryUse.RESPONSES, old);
        }
    }

    /**
     * Called for every row that is written.
     *
     * @throws dev.hasten.deadline.CancelledException when the work must stop
     */
    public void checkpoint() {
        if (work != null && ++checkpoints % CHECKPOINT_EVERY == 0) {
            work.checkpoint();
        }
    }

    /** One character that is ASCII. */
    public JsonBuffer raw(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** JSON as it is. */
    public JsonBuffer raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
        return this;
    }

    /** ASCII that needs no escaping. */
    public JsonBuffer ascii(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            bytes[size + i] = (byte) text.charAt(i);
        }
        size += length;
        return this;
    }

    /** {@code null}. */
    public JsonBuffer nullValue() {
        return raw(NULL);
    }

    /** A string literal. */
    public JsonBuffer string(String text) {
        return string(text.getBytes(UTF_8));
    }

    /** A string literal of UTF-8 text, escaped as JSON.stringify does. */
    public JsonBuffer string(byte[] utf8) {
        ensure(utf8.length + 2);
        bytes[size++] = '"';
        int copied = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
                copy(utf8, copied, i);
                escape(b);
                copied = i + 1;
            }
        }
        copy(utf8, copied, utf8.length);
        return raw('"');
    }

    private void copy(byte[] source, int from, int to) {
        ensure(to - from + 1);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    private void escape(byte b) {
        ensure(6);
        bytes[size++] = '\\';
        switch (b) {
            case '"', '\\' -> bytes[size++] = b;
            case '\b' -> bytes[size++] = 'b';
            case '\f' -> bytes[size++] = 'f';
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 15];
            }
        }
    }

    /** The base64 text of the bytes that PostgreSQL's {@code \x0a1b} stands for, in quotes. */
    JsonBuffer base64OfHex(byte[] hexText) {
        if (hexText.length < 2 || hexText[0] != '\\' || hexText[1] != 'x') {
            throw ApiError.inconsistentColumnData("Expected bytes in hexadecimal form: bytea_output must be hex");
        }
        int count = (hexText.length - 2) / 2;
        ensure((count + 2) / 3 * 4 + 2);
        bytes[size++] = '"';
        int at = 2;
        for (int i = 0; i < count; i += 3) {
            int available = Math.min(3, count - i);
            int group = 0;
            for (int j = 0; j < 3; j++) {
                group <<= 8;
                if (j < available) {
                    group |= Character.digit(hexText[at], 16) << 4 | Character.digit(hexText[at + 1], 16);
                    at += 2;
                }
            }
            bytes[size++] = BASE64[group >> 18];
            bytes[size++] = BASE64[group >> 12 & 63];
            bytes[size++] = available > 1 ? BASE64[group >> 6 & 63] : (byte) '=';
            bytes[size++] = available > 2 ? BASE64[group & 63] : (byte) '=';
        }
        return raw('"');
    }

    /** The answer as text; for tests and for nodes that look into it. */
    @Override
    public String toString() {
        return new String(bytes, start, size - start, UTF_8);
    }
}
