package dev.hasten.auth;

import dev.hasten.files.FileErrors;
import java.io.IOException;
import java.io.Serial;
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
        return new KeyFileException(file, "cannot be read: " + FileErrors.reason(cause), cause);
    }

    static KeyFileException writing(Path file, IOException cause) {
        return new KeyFileException(file, "cannot be written: " + FileErrors.reason(cause), cause);
    }
}
