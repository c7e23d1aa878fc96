package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.http.HttpServerException;
import dev.hasten.server.HastenServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

    /** All of 127.0.0.0/8 belongs to the machine, so a server that listens on all interfaces accepts this one. */
    @Test
    void byDefaultOnlyTheLoopbackAddressAcceptsConnections() throws Exception {
        try (HastenServer server = server(Map.of());
                AdminServer admin = AdminServer.start(server)) {
            connect(1, admin.port());
            assertThatThrownBy(() -> connect(2, admin.port())).isInstanceOf(ConnectException.class);
            connect(2, server.port());
        }
    }

    /** Connects to 127.0.0.{@code number}. */
    private static void connect(int number, int port) throws IOException {
        new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number}), port).close();
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
