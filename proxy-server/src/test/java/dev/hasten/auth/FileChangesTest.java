package dev.hasten.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChangesTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("file");
    }

    private FileChanges settled() throws Exception {
        FileChanges changes = new FileChanges(file());
        assertThat(changes.mayHaveChanged()).isTrue();
        settle(changes);
        return changes;
    }

    private static void settle(FileChanges changes) throws Exception {
        changes.mayHaveChanged();
        assertThat(changes.mayHaveChanged()).isFalse();
    }

    @Test
    void creationAndRemovalAreChanges() throws Exception {
        FileChanges changes = settled();
        Files.writeString(file(), "a");
        assertThat(changes.mayHaveChanged()).isTrue();
        settle(changes);
        Files.delete(file());
        assertThat(changes.mayHaveChanged()).isTrue();
        settle(changes);
    }

    @Test
    void replacementWithTheSameTimeAndSizeIsAChange() throws Exception {
        Files.writeString(file(), "a");
        FileTime time = Files.getLastModifiedTime(file());
        FileChanges changes = settled();
        Path next = Files.writeString(directory.resolve("next"), "b");
        Files.setLastModifiedTime(next, time);
        Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE);
        assertThat(changes.mayHaveChanged()).isTrue();
    }

    @Test
    void changeIsReportedTwiceBecauseAnotherInTheSameTickIsInvisible() throws Exception {
        Files.writeString(file(), "a");
        FileChanges changes = settled();
        Files.writeString(file(), "bb");
        FileTime time = Files.getLastModifiedTime(file());
        assertThat(changes.mayHaveChanged()).isTrue();
        Files.writeString(file(), "cc");
        Files.setLastModifiedTime(file(), time);
        assertThat(changes.mayHaveChanged()).isTrue();
        assertThat(changes.mayHaveChanged()).isFalse();
    }

    @Test
    void askAgainReportsOneChange() throws Exception {
        FileChanges changes = settled();
        changes.askAgain();
        assertThat(changes.mayHaveChanged()).isTrue();
        assertThat(changes.mayHaveChanged()).isFalse();
    }
}
