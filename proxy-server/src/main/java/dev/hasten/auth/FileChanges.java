package dev.hasten.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Detects whether a file may have changed since the previous call, without reading it. Not thread-safe.
 *
 * <p>A change in the same tick of the file system's clock as the previous read may leave the attributes unchanged. A
 * change is therefore reported by two consecutive calls: by the second one, the tick has passed.
 */
final class FileChanges {
    private final Path file;
    private @Nullable Trace seen;
    private boolean again = true;

    FileChanges(Path file) {
        this.file = file;
    }

    /**
     * The attributes that change with the file. An atomic replacement changes at least the file key, which is
     * the inode.
     */
    private record Trace(
            FileTime modified, long size, @Nullable Object fileKey) {}

    /**
     * Whether to read the file; true for the first call. Call this before reading, so that a change during the read is
     * detected by the next call.
     *
     * @throws IOException if the attributes cannot be read
     */
    boolean mayHaveChanged() throws IOException {
        Trace now = trace();
        boolean changed = now == null ? seen != null : !now.equals(seen);
        boolean read = changed || again;
        seen = now;
        again = changed;
        return read;
    }

    /** Makes the next call of {@link #mayHaveChanged} return true. */
    void askAgain() {
        again = true;
    }

    private @Nullable Trace trace() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Trace(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
