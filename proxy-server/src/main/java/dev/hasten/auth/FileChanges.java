package dev.hasten.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a file may have changed since it was last asked for, without reading it. Not thread-safe.
 *
 * <p>A change within the same tick of the file system's clock as the read before it may leave no trace. So a file that
 * has changed is reported once more at the next question, when the tick has passed.
 */
final class FileChanges {
    private final Path file;
    private @Nullable Trace seen;
    private boolean again = true;

    FileChanges(Path file) {
        this.file = file;
    }

    /** What changes with the file. An atomic replace changes at least the file key, which is the inode. */
    private record Trace(
            FileTime modified, long size, @Nullable Object fileKey) {}

    /**
     * Whether to read the file; true the first time. To be asked before the read, so that what changes during the read
     * is seen at the next question.
     *
     * @throws IOException if the file system does not say
     */
    boolean mayHaveChanged() throws IOException {
        Trace now = trace();
        boolean changed = now == null ? seen != null : !now.equals(seen);
        boolean read = changed || again;
        seen = now;
        again = changed;
        return read;
    }

    /** Makes the next answer true. */
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
