package dev.hasten.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.hasten.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The file with the keys created at run time. Both the server and {@code hasten keys} write it. The file is always
 * replaced as a whole, so readers need no lock. Writers lock a separate file next to it, because a lock on the file
 * itself would be lost with every replacement. Requires a POSIX file system.
 */
public final class KeyFile {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration LOCK_RETRY = Duration.ofMillis(10);

    /**
     * POSIX file locks belong to the process: it cannot take a second lock on the same file, and closing any channel to
     * the lock file releases all its locks on the file. A process therefore has at most one such channel open,
     * regardless of the number of key files.
     */
    private static final ReentrantLock ONE_WRITER_PER_PROCESS = new ReentrantLock();

    private final Path file;
    private final KeyFileFormat format;

    /**
     * Creates an instance for the key file at this path. A file that does not exist is treated as a file without keys.
     * Does not access the file system.
     */
    public KeyFile(Path file) {
        this.file = file.toAbsolutePath();
        this.format = new KeyFileFormat(this.file);
    }

    /** The absolute path of the file. */
    public Path path() {
        return file;
    }

    /**
     * The keys in the file, in the order of creation; empty if there is no file.
     *
     * @throws KeyFileException if it cannot be read or is malformed
     */
    public List<ApiKey> list() {
        return read().stream().map(StoredKey::key).toList();
    }

    List<StoredKey> read() {
        try {
            // Reading a device might never end.
            if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
                throw new KeyFileException(file, "it is not a regular file", null);
            }
            return format.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (CharacterCodingException e) {
            throw new KeyFileException(file, "it is not UTF-8 text", e);
        } catch (IOException e) {
            throw KeyFileException.reading(file, e);
        }
    }

    /**
     * Starts an edit. Until it is closed, no other edit can start in any process.
     *
     * @throws KeyFileException if the file cannot be read, its directory cannot be written, or another process holds
     *     the lock for more than 10 seconds
     */
    Edit edit() {
        ONE_WRITER_PER_PROCESS.lock();
        Edit edit = null;
        try {
            edit = Edit.begin(this);
            return edit;
        } catch (IOException e) {
            throw KeyFileException.writing(file, e);
        } finally {
            if (edit == null) {
                ONE_WRITER_PER_PROCESS.unlock();
            }
        }
    }

    /** An edit of the file while holding the lock. Must be used and closed by one thread. */
    static final class Edit implements AutoCloseable {
        private final KeyFile owner;
        private final Path target;
        private final FileChannel lock;
        private final List<StoredKey> keys;

        private Edit(KeyFile owner, Path target, FileChannel lock, List<StoredKey> keys) {
            this.owner = owner;
            this.target = target;
            this.lock = lock;
            this.keys = keys;
        }

        private static Edit begin(KeyFile owner) throws IOException {
            // Replace the target of a symbolic link, not the link.
            Path target = Files.isSymbolicLink(owner.file) ? owner.file.toRealPath() : owner.file;
            PrivateFiles.createDirectories(requireNonNull(target.getParent()));
            FileChannel lock = PrivateFiles.open(target.resolveSibling(target.getFileName() + ".lock"), target);
            Edit edit = null;
            try {
                await(lock);
                edit = new Edit(owner, target, lock, owner.read());
                return edit;
            } finally {
                if (edit == null) {
                    lock.close();
                }
            }
        }

        private static void await(FileChannel lock) throws IOException {
            long start = System.nanoTime();
            // Closing the channel releases the lock, so the FileLock need not be kept.
            while (lock.tryLock() == null) {
                if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                    throw new IOException(
                            "another process has been writing it for " + LONGEST_WAIT.toSeconds() + " seconds");
                }
                try {
                    Thread.sleep(LOCK_RETRY);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while another process was writing it", e);
                }
            }
        }

        /** The keys in the file when the edit started. */
        List<StoredKey> keys() {
            return keys;
        }

        /**
         * Replaces the content. When this returns, the new content is on disk.
         *
         * @throws KeyFileException if the file cannot be written; it then still has the old content, unless only the
         *     last step failed, which syncs the directory to disk
         */
        void write(List<StoredKey> replacement) {
            try {
                PrivateFiles.replace(target, owner.format.write(replacement).getBytes(UTF_8));
            } catch (IOException e) {
                throw KeyFileException.writing(owner.file, e);
            }
        }

        /** Releases the lock. */
        @Override
        public void close() {
            try {
                lock.close();
            } catch (IOException e) {
                throw KeyFileException.writing(owner.file, e);
            } finally {
                ONE_WRITER_PER_PROCESS.unlock();
            }
        }
    }
}
