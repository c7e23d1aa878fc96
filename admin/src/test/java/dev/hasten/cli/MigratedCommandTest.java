package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hasten.admin.AdminServer;
import dev.hasten.cli.ServerPort.AdminPort;
import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.config.KeyScope;
import dev.hasten.server.HastenServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports migrations to a real server. The database is never used, so no PostgreSQL runs. */
@Tag("integration")
class MigratedCommandTest {
    private static final String NOWHERE = "postgresql://nobody@127.0.0.1:1/none";
    private static final String DONE = "earlier cached responses are no longer used, and connections are replaced.";

    @TempDir
    private Path stateDir;

    private HastenServer server;
    private AdminServer admin;

    private void start(Map<String, String> settings) {
        Map<String, String> values = new HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", "0",
                "admin_port", "0",
                "state_dir", stateDir.toString(),
                "drain_timeout", "0s",
                "databases.default.url", NOWHERE));
        values.putAll(settings);
        server = HastenServer.start(Config.load(new ConfigSources(null, Map.of(), values, stateDir)));
        admin = AdminServer.start(server);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            admin.close();
            server.close();
        }
    }

    private String key(KeyScope... scopes) {
        return server.keys().create("test", "default", Set.of(scopes), null).token();
    }

    private String url(String key) {
        return "prisma+postgres://localhost:" + server.port() + "/?api_key=" + key;
    }

    private static CommandRun migrated(String... arguments) {
        List<String> all = new ArrayList<>(List.of("migrated"));
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private CommandRun migratedByAdmin(int port, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--set", "state_dir=" + stateDir, "--set", "admin_port=" + port));
        all.addAll(List.of(arguments));
        return migrated(all.toArray(String[]::new));
    }

    private long epoch(String database) {
        return Objects.requireNonNull(server.databases().get(database)).cache().schemaEpoch();
    }

    private static void assertFailed(CommandRun run, String... told) {
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("hasten: ")
                .contains(told);
    }

    @Test
    void aKeyWithScopeSchemaReportsMigrationsOnTheClientPort() {
        start(Map.of());
        String key = key(KeyScope.SCHEMA);

        CommandRun first = migrated("--url", url(key));
        CommandRun second = migrated("--url", "http://127.0.0.1:" + server.port(), "--key", key);

        assertThat(first.err()).isEmpty();
        assertThat(first.out().lines()).containsExactly("Schema epoch of the key's database is now 1: " + DONE);
        assertThat(first.status()).isZero();
        assertThat(second.out()).startsWith("Schema epoch of the key's database is now 2: ");
        assertThat(epoch("default")).isEqualTo(2);
    }

    @Test
    void theKeyInTheUrlTakesPrecedence() {
        start(Map.of());

        assertThat(migrated("--url", url(key(KeyScope.SCHEMA)), "--key", "wrong")
                        .status())
                .isZero();
    }

    @Test
    void withoutAUrlTheConfiguredAdminApiIsUsed() {
        start(Map.of());

        CommandRun run = migratedByAdmin(admin.port());

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).containsExactly("Schema epoch of default is now 1: " + DONE);
        assertThat(run.status()).isZero();
        assertThat(epoch("default")).isOne();
    }

    @Test
    void aConfiguredAdminTokenIsUsed() {
        start(Map.of("admin_token", "0123456789abcdef-of-the-test"));

        assertThat(migratedByAdmin(admin.port(), "--set", "admin_token=0123456789abcdef-of-the-test")
                        .status())
                .isZero();
        CommandRun wrong = migratedByAdmin(admin.port(), "--set", "admin_token=0123456789abcdef-of-another");
        assertFailed(
                wrong, "responded with 401: the token in admin_token is not accepted by the server at this address");
        assertThat(wrong.err()).doesNotContain("0123456789abcdef");
    }

    @Test
    void onlyTheNamedDatabaseIsInvalidated() {
        start(Map.of("databases.shop.url", NOWHERE));

        assertFailed(migratedByAdmin(admin.port()), "responded with 400: ", "default, shop");
        assertFailed(migratedByAdmin(admin.port(), "--database", "sh\"op"), "unknown database sh\"op");
        assertThat(migratedByAdmin(admin.port(), "--database", "shop").out())
                .startsWith("Schema epoch of shop is now 1: ");
        assertThat(epoch("shop")).isOne();
        assertThat(epoch("default")).isZero();
    }

    @Test
    void aDevelopmentCertificateIsTrustedIfItsAuthorityIsNamed() {
        start(Map.of("tls.dev", "true"));
        String url = "prisma://localhost:" + server.port();
        String key = key(KeyScope.SCHEMA);
        Path ca = Objects.requireNonNull(server.developmentCa());

        CommandRun trusting = migrated("--url", url, "--key", key, "--ca", ca.toString());
        assertThat(trusting.err()).isEmpty();
        assertThat(trusting.status()).isZero();

        assertFailed(
                migrated("--url", url, "--key", key), "no response from Hasten at https://localhost:", "--ca FILE");
        // The URL uses http, but the server listens for HTTPS.
        assertFailed(migrated("--url", url(key)), "no response from Hasten at http://localhost:");
        assertThat(epoch("default")).isOne();
    }

    @Test
    void aFileWithoutCertificatesIsNamed() throws Exception {
        Path empty = Files.writeString(stateDir.resolve("empty.pem"), "");
        Path junk = Files.writeString(stateDir.resolve("junk.pem"), "junk");
        for (Path file : List.of(empty, junk, stateDir.resolve("none.pem"))) {
            assertFailed(
                    migrated("--url", "https://localhost:1", "--key", "k", "--ca", file.toString()), file.toString());
        }
    }

    @Test
    void anUnknownOrUnauthorizedKeyIsRejectedAndNotShown() {
        start(Map.of());
        String weak = key(KeyScope.PRISMA, KeyScope.INVALIDATE);

        CommandRun unknown = migrated("--url", url("hasten_s3cret"));
        CommandRun forbidden = migrated("--url", url(weak));
        CommandRun odd = migrated("--url", "http://localhost:" + server.port(), "--key", "s3cr\net");

        assertFailed(unknown, "responded with 401: the API key is unknown, revoked or expired");
        assertFailed(forbidden, "responded with 403: the API key lacks the scope schema", "--scope schema");
        assertFailed(odd, "contains characters that are not allowed");
        assertThat(unknown.err() + odd.err()).doesNotContain("s3cr");
        assertThat(forbidden.err()).doesNotContain(weak);
        assertThat(epoch("default")).isZero();
    }

    @Test
    void anUnsupportedServerIsReported() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/page/", exchange -> exchange.sendResponseHeaders(200, -1));
        other.start();
        try {
            String url = "http://127.0.0.1:" + other.getAddress().getPort();
            assertFailed(
                    migrated("--url", url, "--key", "s3cret"),
                    "responded with 404: it is not Hasten, or its version does not support");
            other.createContext("/schema/", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            assertFailed(migrated("--url", url, "--key", "s3cret"), "sent a response that is not from Hasten");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void anUnreachableServerIsReportedWithAdvice() throws Exception {
        int port = unusedPort();
        assertFailed(
                migrated("--url", "prisma+postgres://localhost:" + port + "/?api_key=s3cret"),
                "no response from Hasten at http://localhost:" + port + " (connection refused)");
        assertFailed(migrated("--url", "http://does-not-exist.invalid", "--key", "s3cret"), "invalid (unknown host)");
        assertFailed(migratedByAdmin(port), "no admin token found in " + stateDir);

        Files.writeString(stateDir.resolve("admin-token"), "hasten_admin_0123456789\n");
        assertFailed(
                migratedByAdmin(port, "--set", "admin_host=0.0.0.0"),
                "no response from the admin API at http://127.0.0.1:" + port
                        + " (connection refused): is the server running?");
        assertThat(new AdminPort(URI.create("http://h:4467"), "Bearer t", "in f", AdminPort.PortOrigin.DEFAULT, null)
                        .unreachableAdvice())
                .isEqualTo(
                        "is the server running? If port 4467 was in use when the server started, it uses another one;"
                                + " pass the port that it printed at startup with --set admin_port=PORT");
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--url postgresql://u:s3cret@h/db        | --url: invalid URL; use prisma+postgres://HOST:PORT/",
                "--url http://h --key s3cret --database a | --database cannot be used with --url",
                "--key s3cret                             | --key and --ca require --url",
                "--ca ca.pem                              | --key and --ca require --url",
                "--set admin_port=0                       | admin_port is 0, so the server uses any free port"
            })
    void usageErrorsDoNotShowTheKey(String arguments, String told) {
        CommandRun run = migrated(arguments.split(" +", -1));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(told).doesNotContain("s3cret");
    }
}
