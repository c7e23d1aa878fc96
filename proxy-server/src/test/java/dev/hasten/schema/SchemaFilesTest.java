package dev.hasten.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.schema.SchemaStore.Kept;
import dev.hasten.schema.SchemaStore.SchemaStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemas are stored as files that appear completely or not at all. */
final class SchemaFilesTest {
    @TempDir
    private Path parent;

    private Path directory;
    private SchemaFiles files;

    @BeforeEach
    void create() {
        directory = parent.resolve("schemas/default");
        files = new SchemaFiles(directory);
    }

    private void writtenAt(String hash, String instant) throws IOException {
        files.write(hash, "model " + hash);
        Files.setLastModifiedTime(directory.resolve(hash + ".prisma"), FileTime.from(Instant.parse(instant)));
    }

    @Test
    void directoryNeedNotExist() {
        assertThat(files.list()).isEmpty();
        assertThat(files.read("abc")).isNull();
        files.delete("abc");
        assertThat(directory).doesNotExist();
    }

    @Test
    void writtenSchemaIsRead() {
        files.write("abc", "model \u20ac {}");
        assertThat(files.read("abc")).isEqualTo("model \u20ac {}");
        assertThat(files.read("abcd")).isNull();
        files.write("abc", "model B {}");
        assertThat(files.read("abc")).isEqualTo("model B {}");
        assertThat(directory)
                .isDirectoryContaining("glob:**abc.prisma")
                .satisfies(path -> assertThat(path.toFile().list()).hasSize(1));
    }

    @Test
    void schemasAreListedFromOldestToNewest() throws IOException {
        writtenAt("b", "2026-01-02T00:00:00Z");
        writtenAt("c", "2026-01-03T00:00:00Z");
        writtenAt("a", "2026-01-01T00:00:00Z");
        Files.writeString(directory.resolve("notes.txt"), "no schema");
        assertThat(files.list())
                .containsExactly(
                        new Kept("a", 7, Instant.parse("2026-01-01T00:00:00Z")),
                        new Kept("b", 7, Instant.parse("2026-01-02T00:00:00Z")),
                        new Kept("c", 7, Instant.parse("2026-01-03T00:00:00Z")));
    }

    @Test
    void deletedSchemaIsGone() {
        files.write("abc", "model A {}");
        files.delete("abc");
        files.delete("abc");
        assertThat(files.read("abc")).isNull();
        assertThat(files.list()).isEmpty();
    }

    @Test
    void fileThatIsNotUtf8IsTreatedAsMissing() throws IOException {
        files.write("abc", "model A {}");
        Files.write(directory.resolve("abc.prisma"), new byte[] {(byte) 0xff});
        assertThat(files.read("abc")).isNull();
    }

    @Test
    void failureNamesTheSchema() throws IOException {
        Files.createDirectories(directory.getParent());
        Files.writeString(directory, "a file in place of the directory");
        assertThatThrownBy(() -> files.write("abc", "model A {}"))
                .isInstanceOf(SchemaStoreException.class)
                .hasMessage("Cannot write the file of schema abc");
        assertThatThrownBy(() -> files.read("abc"))
                .isInstanceOf(SchemaStoreException.class)
                .hasMessage("Cannot read the file of schema abc");
    }
}
