package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.Secret;
import dev.hasten.http.HttpServerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTokenTest {
    @TempDir
    private Path directory;

    @Test
    void theFirstStartGeneratesATokenThatLaterStartsReuse() throws Exception {
        Path state = directory.resolve("new/state");

        AdminToken first = AdminToken.of(null, state);
        AdminToken second = AdminToken.of(null, state);

        Path file = state.resolve("admin-token");
        String token = Files.readString(file).strip();
        assertThat(token).matches("hasten_admin_[0-9a-f]{48}");
        assertThat(first.file()).isEqualTo(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(first.is(token)).isTrue();
        assertThat(second.is(token)).isTrue();
        assertThat(first.toString()).doesNotContain(token);
    }

    @Test
    void everyServerHasItsOwnToken() throws Exception {
        AdminToken one = AdminToken.of(null, directory.resolve("one"));
        AdminToken.of(null, directory.resolve("two"));

        String other = Files.readString(directory.resolve("two/admin-token")).strip();
        assertThat(one.is(other)).isFalse();
    }

    @Test
    void aConfiguredTokenIsNotWrittenAnywhere() {
        AdminToken token = AdminToken.of(new Secret("configured"), directory);

        assertThat(token.is("configured")).isTrue();
        assertThat(token.file()).isNull();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anEmptyFileIsNotAnEmptyToken() throws Exception {
        Files.createFile(directory.resolve("admin-token"));

        assertThatThrownBy(() -> AdminToken.of(null, directory))
                .isInstanceOf(HttpServerException.class)
                .hasMessageContaining("admin-token")
                .hasMessageContaining("contains no valid token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hasten_admin_", "short", "with blanks in the middle"})
    void aFileWithoutATokenThatIsHardToGuessIsRefused(String content) throws Exception {
        Files.writeString(directory.resolve("admin-token"), content);
        assertThatThrownBy(() -> AdminToken.of(null, directory)).hasMessageContaining("contains no valid token");
    }

    @Test
    void aPipeIsNotRead() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", directory.resolve("admin-token").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> AdminToken.of(null, directory)).hasMessageContaining("not a regular file");
    }
}
