package dev.hasten.cache;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of an answer as they go to clients. None of the arrays changes any more. */
public final class CachedBody {
    /** Below this, headers are most of an answer. */
    private static final int WORTH_COMPRESSING = 1024;

    private static final int ARRAY_HEADER = 16;

    private final byte[] json;
    private final byte @Nullable [] gzip;
    private final String lastModified;

    private CachedBody(byte[] json, byte @Nullable [] gzip, String lastModified) {
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
        return new CachedBody(json, null, lastModified);
    }

    /** The whole body; not a copy. */
    public byte[] json() {
        return json;
    }

    /** The same, compressed; null as long as nobody has. Not a copy. */
    public byte @Nullable [] gzip() {
        return gzip;
    }

    /** When it was read, as the header of that name says it. */
    public String lastModified() {
        return lastModified;
    }

    boolean isWorthCompressing() {
        return json.length >= WORTH_COMPRESSING && gzip == null;
    }

    /** With the compressed bytes, or as it is when they would be more. */
    CachedBody compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(json.length / 4 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(compressed, 4096)) {
            out.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.size() < json.length ? new CachedBody(json, compressed.toByteArray(), lastModified) : this;
    }

    long retainedBytes() {
        long bytes = ARRAY_HEADER + (long) json.length;
        return gzip == null ? bytes : bytes + ARRAY_HEADER + gzip.length;
    }
}
