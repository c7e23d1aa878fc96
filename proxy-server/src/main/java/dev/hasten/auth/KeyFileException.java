package dev.hasten.auth;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The key file cannot be read, parsed or written. The message contains the path of the file and the problem. */
public final class KeyFileException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    KeyFileException(Path file, String problem, @Nullable Throwable cause) {
        super("API key file " + file + ": " + problem, cause);
    }

    static KeyFileException reading(Path file, IOException cause) {
        return new KeyFileException(file, "cannot be read: " + reason(cause), cause);
    }

    static KeyFileException writing(Path file, IOException cause) {
        return new KeyFileException(file, "cannot be written: " + reason(cause), cause);
    }

    // The message of a FileSystemException may be just the path, without a reason.
    private static String reason(IOException cause) {
        return switch (cause) {
            case AccessDeniedException denied -> "permission denied for " + denied.getFile();
            case FileSystemException failed
            when failed.getReason() != null -> failed.getFile() + ": " + failed.getReason();
            case FileAlreadyExistsException failed -> failed.getFile() + " exists already";
            case NoSuchFileException failed -> failed.getFile() + " does not exist";
            case NotDirectoryException failed -> failed.getFile() + " is not a directory";
            case FileSystemException failed -> "an error of the file system at " + failed.getFile();
            default -> String.valueOf(cause.getMessage());
        };
    }
}
