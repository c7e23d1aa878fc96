package dev.hasten.cache;

import dev.hasten.memory.SharedBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of an answer as they go to clients. None of the arrays changes any more. */
public final class CachedBody {
    /** Below this, headers are most of an answer. */
    private static final int WORTH_COMPRESSING = 1024;

    /** A {@link SharedBytes} and the header of its array. */
    private static final int ARRAY_HEADER = 24 + 16;

    private final SharedBytes json;
    private final @Nullable SharedBytes gzip;
    private final String lastModified;

    private CachedBody(SharedBytes json, @Nullable SharedBytes gzip, String lastModified) {
        this.json = json;
        this.gzip = gzip;
        this.lastModified = lastModified;
    }

    /**
     * A body that was just read.
     *
     * @param lastModified as a header says it
     */
    static CachedBody of(byte[] json, String lastModified) {
        return new CachedBody(new SharedBytes(json), null, lastModified);
    }

    /** The whole body. */
    public SharedBytes json() {
        return json;
    }

    /** The same, compressed; null as long as nobody has. */
    public @Nullable SharedBytes gzip() {
        return gzip;
    }

    /** When it was read, as the header of that name says it. */
    public String lastModified() {
        return lastModified;
    }

    /** Length of the body in bytes. */
    int length() {
        return json.array().length;
    }

    boolean isWorthCompressing() {
        return length() >= WORTH_COMPRESSING && gzip == null;
    }

    /** With the compressed bytes, or as it is when they would be more. */
    CachedBody compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(length() / 4 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(compressed, 4096)) {
            out.write(json.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.size() < length()
                ? new CachedBody(json, new SharedBytes(compressed.toByteArray()), lastModified)
                : this;
    }

    long retainedBytes() {
        long bytes = ARRAY_HEADER + (long) length();
        return gzip == null ? bytes : bytes + ARRAY_HEADER + gzip.array().length;
    }
}
