package dev.hasten.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The file with the keys made at run time, which the server and {@code hasten keys} both write. It is only ever
 * replaced as a whole, so readers need no lock; writers exclude each other by a lock on a file beside it, because a
 * lock on the file itself would be lost with every replacement. Needs a POSIX file system.
 */
public final class KeyFile {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration LOCK_RETRY = Duration.ofMillis(10);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /**
     * POSIX file locks belong to the process: a second lock in it is refused, and closing any channel on the lock file
     * drops the locks of all. So one process has at most one such channel open, whatever the number of key files.
     */
    private static final ReentrantLock ONE_WRITER_PER_PROCESS = new ReentrantLock();

    private final Path file;
    private final KeyFileFormat format;

    /** The key file at this place, which need not exist: that is a file without keys. Touches nothing yet. */
    public KeyFile(Path file) {
        this.file = file.toAbsolutePath();
        this.format = new KeyFileFormat(this.file);
    }

    /** Where the file is, as an absolute path. */
    public Path path() {
        return file;
    }

    /**
     * What is in the file now, in the order of creation; nothing if there is no file.
     *
     * @throws KeyFileException if it cannot be read or is malformed
     */
    public List<ApiKey> list() {
        return read().stream().map(StoredKey::key).toList();
    }

    List<StoredKey> read() {
        try {
            // A device can have no end.
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
     * Begins a change; until it is closed, no other begins, neither in this process nor in another one.
     *
     * @throws KeyFileException if the file cannot be read or its directory not be written, or if another process holds
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

    /** A change of the file under the lock, made and closed by one thread. */
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
            // What a symbolic link points to is replaced, not the link.
            Path target = Files.isSymbolicLink(owner.file) ? owner.file.toRealPath() : owner.file;
            Path directory = directory(target);
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
            }
            Path lockFile = target.resolveSibling(target.getFileName() + ".lock");
            FileChannel lock = FileChannel.open(lockFile, Set.of(CREATE, WRITE), OWNER_ONLY);
            Edit edit = null;
            try {
                adoptOwner(lockFile, target);
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
            // The lock goes with the channel, so its handle is not kept.
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

        /** The keys in the file when the change began. */
        List<StoredKey> keys() {
            return keys;
        }

        /**
         * Replaces the content. When this returns, the new content is on disk.
         *
         * @throws KeyFileException if it cannot be written; the old content is then still there, unless only the last
         *     step failed, which makes the replacement survive a power failure
         */
        void write(List<StoredKey> replacement) {
            try {
                replace(ByteBuffer.wrap(owner.format.write(replacement).getBytes(UTF_8)));
            } catch (IOException e) {
                throw KeyFileException.writing(owner.file, e);
            }
        }

        private void replace(ByteBuffer content) throws IOException {
            Path temporary = Files.createTempFile(directory(target), target.getFileName() + ".", ".tmp", OWNER_ONLY);
            try {
                adoptOwner(temporary, target);
                try (FileChannel channel = FileChannel.open(temporary, WRITE)) {
                    while (content.hasRemaining()) {
                        channel.write(content);
                    }
                    channel.force(true);
                }
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            try (FileChannel channel = FileChannel.open(directory(target), READ)) {
                channel.force(true);
            }
        }

        /**
         * Gives a new file to the owner of the key file: {@code hasten keys} run by root must not lock out a server
         * that runs as another user. Where there is no key file yet, the owner of the directory is a good guess but no
         * more than that.
         */
        private static void adoptOwner(Path made, Path target) throws IOException {
            boolean certain = Files.exists(target);
            PosixFileAttributes model =
                    Files.readAttributes(certain ? target : directory(target), PosixFileAttributes.class);
            PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class);
            if (view.readAttributes().owner().equals(model.owner())) {
                return;
            }
            try {
                view.setGroup(model.group());
                view.setOwner(model.owner());
            } catch (IOException e) {
                if (certain) {
                    throw e;
                }
            }
        }

        private static Path directory(Path target) {
            @Nullable Path parent = target.getParent();
            return parent == null ? target : parent;
        }

        /** Lets the next writer in. */
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
