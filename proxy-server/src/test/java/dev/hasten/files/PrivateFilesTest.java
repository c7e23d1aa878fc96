package dev.hasten.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateFilesTest {
    @TempDir
    Path directory;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void onlyTheOwnerCanAccessWhatIsCreated() throws IOException {
        Path nested = directory.resolve("a/b");
        PrivateFiles.createDirectories(nested);
        PrivateFiles.create(nested.resolve("created"), "x".getBytes(UTF_8));
        PrivateFiles.replace(nested.resolve("replaced"), "x".getBytes(UTF_8));
        try (FileChannel _ = PrivateFiles.open(nested.resolve("opened"), nested.resolve("replaced"))) {
            assertThat(permissions(nested.resolve("opened"))).isEqualTo("rw-------");
        }
        assertThat(permissions(directory.resolve("a"))).isEqualTo("rwx------");
        assertThat(permissions(nested)).isEqualTo("rwx------");
        assertThat(permissions(nested.resolve("created"))).isEqualTo("rw-------");
        assertThat(permissions(nested.resolve("replaced"))).isEqualTo("rw-------");
    }

    @Test
    void existingDirectoriesKeepTheirPermissions() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        PrivateFiles.createDirectories(directory);
        PrivateFiles.createDirectories(link);
        assertThat(permissions(directory)).isEqualTo("rwxr-x---");
    }

    @Test
    void existingFileIsNotCreatedAgain() throws IOException {
        Path file = directory.resolve("file");
        PrivateFiles.create(file, "old".getBytes(UTF_8));
        assertThatThrownBy(() -> PrivateFiles.create(file, "new".getBytes(UTF_8)))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("old");
    }

    @Test
    void replacingAReadableFileMakesItPrivate() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        PrivateFiles.replace(file, "new".getBytes(UTF_8));
        assertThat(file).hasContent("new");
        assertThat(permissions(file)).isEqualTo("rw-------");
    }

    @Test
    void failedReplacementLeavesNoTemporaryFile() throws IOException {
        Path occupied =
                Files.createDirectories(directory.resolve("occupied/child")).getParent();
        assertThatThrownBy(() -> PrivateFiles.replace(occupied, "new".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
        assertThat(directory).isDirectoryContaining(occupied::equals);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(occupied);
        }
    }
}
