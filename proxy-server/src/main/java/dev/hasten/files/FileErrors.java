package dev.hasten.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Describes errors of the file system to operators. */
public final class FileErrors {
    private FileErrors() {}

    /** Returns the path and the reason. The message of a {@link FileSystemException} may be just the path. */
    public static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> "permission denied for " + denied.getFile();
            case FileSystemException failed
            when failed.getReason() != null -> failed.getFile() + ": " + failed.getReason();
            case FileAlreadyExistsException failed -> failed.getFile() + " exists already, or is not a directory";
            case NoSuchFileException failed -> failed.getFile() + " does not exist";
            case NotDirectoryException failed -> failed.getFile() + " is not a directory";
            case FileSystemException failed -> "the file system refuses access to " + failed.getFile();
            default -> String.valueOf(failure.getMessage());
        };
    }
}
