package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.http.HttpServerException;
import dev.hasten.server.HastenServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The address and token of the admin API. The database is never used, so no PostgreSQL runs. */
@Tag("integration")
class AdminServerTest {
    @TempDir
    private Path stateDir;

    private HastenServer server(Map<String, String> settings) {
        Map<String, String> values = new HashMap<>(Map.of(
                "port", "0",
                "state_dir", stateDir.toString(),
                "drain_timeout", "0s",
                "databases.default.url", "postgresql://nobody@127.0.0.1:1/none"));
        values.putAll(settings);
        return HastenServer.start(Config.load(new ConfigSources(null, Map.of(), values, stateDir)));
    }

    @Test
    void twoServersOnOneMachineNeedNoConfiguredAdminPort() {
        try (HastenServer first = server(Map.of());
                AdminServer firstAdmin = AdminServer.start(first);
                HastenServer second = server(Map.of());
                AdminServer secondAdmin = AdminServer.start(second)) {
            assertThat(secondAdmin.port()).isNotEqualTo(firstAdmin.port());
            assertThat(secondAdmin.url()).isEqualTo("http://127.0.0.1:" + secondAdmin.port());
        }
    }

    @Test
    void aConfiguredPortIsNeverReplacedByAnother() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HastenServer server = server(Map.of("admin_port", Integer.toString(taken.getLocalPort())))) {
            assertThatThrownBy(() -> AdminServer.start(server))
                    .isInstanceOf(HttpServerException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void aTokenIsGeneratedIfNoneIsConfigured() {
        try (HastenServer server = server(Map.of("admin_port", "0"));
                AdminServer admin = AdminServer.start(server)) {
            assertThat(admin.tokenFile()).isEqualTo(stateDir.toAbsolutePath().resolve("admin-token"));
        }
    }
}
