package dev.hasten.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates files and directories that only their owner can access, from the moment they exist. Requires a POSIX file
 * system.
 */
public final class PrivateFiles {
    private static final FileAttribute<Set<PosixFilePermission>> FILE = permissions("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = permissions("rwx------");

    private PrivateFiles() {}

    /**
     * Creates a directory and its parents. Those that exist keep their permissions.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the path is a file
     */
    public static void createDirectories(Path directory) throws IOException {
        // Unlike Files.createDirectories, Files.isDirectory follows a symbolic link.
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, DIRECTORY);
        }
    }

    /**
     * Creates a file.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     */
    public static void create(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), FILE)) {
            write(channel, content);
        }
    }

    /** Opens a file for writing and creates it if it does not exist. It gets the owner that {@link #replace} sets. */
    public static FileChannel open(Path file, Path sibling) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(CREATE, WRITE), FILE);
        try {
            adoptOwner(file, sibling);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Creates a file or replaces its content atomically: a reader, or a crash, sees either the old or the new content.
     * When this returns, the new content is on disk.
     *
     * <p>The file keeps its owner, so that a command run by root does not lock out a server that runs as another user.
     * If there is no file yet, the owner of the directory is used as a best guess, and a failure to change the owner is
     * ignored.
     */
    public static void replace(Path file, byte[] content) throws IOException {
        Path directory = directory(file);
        Path temporary = Files.createTempFile(directory, file.getFileName() + ".", ".tmp", FILE);
        try {
            adoptOwner(temporary, file);
            try (FileChannel channel = FileChannel.open(temporary, WRITE)) {
                write(channel, content);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private static void write(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(true);
    }

    private static void adoptOwner(Path made, Path sibling) throws IOException {
        boolean certain = Files.exists(sibling);
        PosixFileAttributes model =
                Files.readAttributes(certain ? sibling : directory(sibling), PosixFileAttributes.class);
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

    private static Path directory(Path file) {
        @Nullable Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
