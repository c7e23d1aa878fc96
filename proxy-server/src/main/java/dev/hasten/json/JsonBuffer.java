package dev.hasten.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.ArrayLengths;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ApiError;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer of JSON in UTF-8, with a size limit. Space can be reserved before the JSON, so that a frame can be
 * put around it without copying it.
 */
public final class JsonBuffer {
    private static final int INITIAL = ArrayLengths.ofBytes(512);
    private static final int UNLIMITED = Integer.MAX_VALUE - 16;
    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
    private static final byte[] NULL = "null".getBytes(UTF_8);
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(UTF_8);

    /** {@link #checkpoint} checks for cancellation once in this many calls, because rows may be very small. */
    private static final int CHECKPOINT_EVERY = 16;

    private final @Nullable Cancellation work;
    /** Reserves memory for an intermediate text. */
    private final LongConsumer memory;

    private int checkpoints;

    /** Where the JSON begins. */
    private int start;

    private int limit;
    /** The configuration key of the limit. */
    private String limitKey = "limits.max_response_bytes";

    private byte[] bytes;
    private int size;

    /**
     * A buffer for a response.
     *
     * @param limit maximum size of the JSON in bytes
     * @param headroom bytes to reserve for {@link #prepend}
     * @param work the work whose memory the buffer uses
     */
    public JsonBuffer(long limit, int headroom, Cancellation work) {
        this(limit, headroom, work, _ -> {});
    }

    private JsonBuffer(long limit, int headroom, @Nullable Cancellation work, LongConsumer memory) {
        this.work = work;
        this.memory = memory;
        this.start = headroom;
        this.limit = (int) Math.min(limit + headroom, UNLIMITED);
        this.bytes = new byte[INITIAL];
        this.size = headroom;
    }

    /** Names the configuration key of the limit, for the error. */
    public JsonBuffer limitedBy(String key) {
        limitKey = key;
        return this;
    }

    /**
     * A buffer for a text that is not a response.
     *
     * @param memory receives the additional bytes whenever the buffer grows
     */
    public static JsonBuffer intermediate(LongConsumer memory) {
        return new JsonBuffer(UNLIMITED, 0, null, memory);
    }

    /** A string literal. */
    public static byte[] literal(String text) {
        return intermediate(_ -> {}).string(text).json();
    }

    /** A buffer that holds the JSON. */
    public static JsonBuffer of(byte[] json) {
        return intermediate(_ -> {}).raw(json);
    }

    /** A copy of the JSON. */
    public byte[] json() {
        return Arrays.copyOfRange(bytes, start, size);
    }

    /**
     * Removes the limit, for a frame around the JSON: a response must not fail because of its frame if its data fit.
     */
    public JsonBuffer withoutLimit() {
        limit = UNLIMITED;
        return this;
    }

    /** Puts bytes before the JSON. They become part of it. Copies the JSON if they do not fit into the headroom. */
    public JsonBuffer prepend(byte[] prefix) {
        int missing = prefix.length - start;
        if (missing > 0) {
            ensure(missing);
            System.arraycopy(bytes, start, bytes, prefix.length, size - start);
            size += missing;
            start = prefix.length;
        }
        start -= prefix.length;
        System.arraycopy(prefix, 0, bytes, start, prefix.length);
        return this;
    }

    /**
     * The bytes from 0 to {@link #size()}; not a copy. Only for a buffer without headroom, or whose headroom has been
     * used up by {@link #prepend}.
     */
    public byte[] array() {
        if (start > 0) {
            throw new IllegalStateException("the JSON does not begin at 0");
        }
        return bytes;
    }

    /** The number of bytes, including headroom. */
    public int size() {
        return size;
    }

    /** Appends the JSON to another buffer. */
    public void copyTo(JsonBuffer target) {
        target.copy(bytes, start, size);
    }

    /**
     * Makes room for more bytes.
     *
     * @throws ApiError P6009 if the response exceeds its limit
     */
    private void ensure(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            if (needed > limit) {
                throw ApiError.responseTooLarge("the response", limit - start, limitKey);
            }
            grow((int) Math.min(Math.max(needed, ArrayLengths.doubled(bytes.length)), limit));
        }
    }

    private void grow(int length) {
        int old = bytes.length;
        if (work != null) {
            work.memory().take(MemoryUse.RESPONSES, length);
        } else {
            memory.accept((long) length - old);
        }
        bytes = Arrays.copyOf(bytes, length);
        if (work != null && old > INITIAL) {
            work.memory().give(MemoryUse.RESPONSES, old);
        }
    }

    /**
     * Called for every row that is written.
     *
     * @throws dev.hasten.deadline.CancelledException if the work must stop
     */
    public void checkpoint() {
        if (work != null && ++checkpoints % CHECKPOINT_EVERY == 0) {
            work.checkpoint();
        }
    }

    /** Appends one ASCII character. */
    public JsonBuffer raw(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** Appends JSON unchanged. */
    public JsonBuffer raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
        return this;
    }

    /** Appends ASCII text that needs no escaping. */
    public JsonBuffer ascii(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            bytes[size + i] = (byte) text.charAt(i);
        }
        size += length;
        return this;
    }

    /** Appends {@code null}. */
    public JsonBuffer nullValue() {
        return raw(NULL);
    }

    /** Appends a string literal. */
    public JsonBuffer string(String text) {
        return string(text.getBytes(UTF_8));
    }

    /** Appends UTF-8 text as a string literal, escaped like {@code JSON.stringify} does. */
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

    /** Appends the bytes of PostgreSQL's {@code \x0a1b} as a string literal in base64. */
    public JsonBuffer base64OfHex(byte[] hexText) {
        if (hexText.length < 2 || hexText[0] != '\\' || hexText[1] != 'x') {
            throw ApiError.inconsistentColumnData("Expected bytea in hexadecimal form: set bytea_output to hex");
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

    /** The JSON as a string. */
    @Override
    public String toString() {
        return new String(bytes, start, size - start, UTF_8);
    }
}
