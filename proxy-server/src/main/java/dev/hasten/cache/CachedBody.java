package dev.hasten.cache;

import dev.hasten.memory.SharedBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The body of a response, as it is sent to clients. Its arrays are never modified. */
public final class CachedBody {
    /** Shorter bodies (in bytes) are not compressed: they are smaller than the headers. */
    private static final int WORTH_COMPRESSING = 1024;

    /** Bytes of a {@link SharedBytes} and the header of its array. */
    private static final int ARRAY_HEADER = 24 + 16;

    private final SharedBytes json;
    private final @Nullable SharedBytes gzip;
    private final long readAtMillis;

    private CachedBody(SharedBytes json, @Nullable SharedBytes gzip, long readAtMillis) {
        this.json = json;
        this.gzip = gzip;
        this.readAtMillis = readAtMillis;
    }

    /** A body that was read at this time. */
    static CachedBody of(byte[] json, Instant readAt) {
        return new CachedBody(new SharedBytes(json), null, readAt.toEpochMilli());
    }

    /** The whole body. */
    public SharedBytes json() {
        return json;
    }

    /** The body compressed with gzip; null if it has not been compressed. */
    public @Nullable SharedBytes gzip() {
        return gzip;
    }

    /** When it was read. */
    public Instant readAt() {
        return Instant.ofEpochMilli(readAtMillis);
    }

    /** Length of the body in bytes. */
    public int length() {
        return json.array().length;
    }

    boolean isWorthCompressing() {
        return length() >= WORTH_COMPRESSING && gzip == null;
    }

    /** The body with its compressed form, or unchanged if that would be larger. */
    CachedBody compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(length() / 4 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(compressed, 4096)) {
            out.write(json.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.size() < length()
                ? new CachedBody(json, new SharedBytes(compressed.toByteArray()), readAtMillis)
                : this;
    }

    long retainedBytes() {
        long bytes = ARRAY_HEADER + (long) length();
        return gzip == null ? bytes : bytes + ARRAY_HEADER + gzip.array().length;
    }
}
