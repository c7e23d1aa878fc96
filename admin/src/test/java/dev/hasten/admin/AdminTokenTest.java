package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.config.ServerConfig;
import dev.hasten.http.HttpServerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
    @TempDir
    private Path directory;

    private ServerConfig config(Map<String, String> settings) {
        return Config.load(new ConfigSources(null, Map.of(), settings, directory))
                .server();
    }

    @Test
    void theFirstStartGeneratesATokenThatLaterStartsReuse() throws Exception {
        ServerConfig config =
                config(Map.of("state_dir", directory.resolve("new/state").toString()));

        AdminToken first = AdminToken.of(config);
        AdminToken second = AdminToken.of(config);

        Path file = directory.resolve("new/state/admin-token");
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
        AdminToken one = AdminToken.of(
                config(Map.of("state_dir", directory.resolve("one").toString())));
        AdminToken.of(config(Map.of("state_dir", directory.resolve("two").toString())));

        String other = Files.readString(directory.resolve("two/admin-token")).strip();
        assertThat(one.is(other)).isFalse();
    }

    @Test
    void aConfiguredTokenIsNotWrittenAnywhere() {
        AdminToken token =
                AdminToken.of(config(Map.of("admin_token", "configured", "state_dir", directory.toString())));

        assertThat(token.is("configured")).isTrue();
        assertThat(token.file()).isNull();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anEmptyFileIsNotAnEmptyToken() throws Exception {
        Files.createFile(directory.resolve("admin-token"));
        ServerConfig config = config(Map.of("state_dir", directory.toString()));

        assertThatThrownBy(() -> AdminToken.of(config))
                .isInstanceOf(HttpServerException.class)
                .hasMessageContaining("admin-token")
                .hasMessageContaining("contains no valid token");
    }
}
