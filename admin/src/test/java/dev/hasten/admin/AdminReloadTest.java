package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.server.HastenServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What changes while a server runs: its configuration, tokens and certificates. */
@Tag("integration")
class AdminReloadTest {
    private static final String BASE = """
            port: 0
            admin_port: 0
            drain_timeout: 0s
            databases:
              app:
                url: postgresql://nobody@127.0.0.1:1/none
            """;

    @TempDir
    private Path directory;

    private HastenServer server;
    private AdminServer admin;
    private HttpClient client = HttpClient.newHttpClient();

    private Config load() {
        return Config.load(new ConfigSources(
                directory.resolve("hasten.yaml"),
                Map.of(),
                Map.of("state_dir", directory.resolve("state").toString()),
                directory));
    }

    private void write(String yaml) throws IOException {
        Files.writeString(directory.resolve("hasten.yaml"), BASE + yaml);
    }

    private void start(String yaml) throws IOException {
        write(yaml);
        server = HastenServer.start(load(), this::load, OptionalInt.empty());
        admin = AdminServer.start(server);
    }

    @AfterEach
    void stop() {
        client.close();
        admin.close();
        server.close();
    }

    private HttpResponse<String> call(String method, String path, String token) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(admin.url() + path))
                        .header("Authorization", "Bearer " + token)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String generatedToken() throws IOException {
        return Files.readString(directory.resolve("state/admin-token")).strip();
    }

    private JsonNode reload(String token) throws Exception {
        HttpResponse<String> reloaded = call("POST", "/config/reload", token);
        assertThat(reloaded.statusCode()).as(reloaded.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(reloaded.body());
    }

    @Test
    void aReloadAppliesWhatNeedsNoRestartAndNamesTheRest() throws Exception {
        start("log: {slow_query: 1s}\n");
        String token = generatedToken();
        assertThat(server.keys().list()).isEmpty();
        Files.writeString(
                directory.resolve("hasten.yaml"),
                BASE + "    keys: [{name: web app, secret: 0123456789abcdefghijklmnopqrstuv}]\n"
                        + "    pool: {size: 7}\nlog: {slow_query: 5s, access: true}\n");
        JsonNode result = reload(token);
        assertThat(result.get("applied").valueStream().map(JsonNode::stringValue))
                .contains("log.access", "log.slow_query", "databases.app.keys[0].name")
                .noneMatch(key -> key.contains("pool"));
        assertThat(result.get("restart_required").valueStream().map(JsonNode::stringValue))
                .containsExactly("databases.app.pool.size");
        assertThat(server.keys()
                        .authenticateToken("0123456789abcdefghijklmnopqrstuv")
                        .name())
                .isEqualTo("web app");
        JsonNode values = JsonMapper.shared()
                .readTree(call("GET", "/config", token).body())
                .get("values");
        JsonNode pool = value(values, "databases.app.pool.size");
        assertThat(pool.get("value").stringValue()).isEqualTo("10");
        assertThat(pool.get("pending").stringValue()).isEqualTo("7");
        assertThat(value(values, "log.access").get("value").stringValue()).isEqualTo("true");
        assertThat(values.toString()).doesNotContain("0123456789abcdefghijklmnopqrstuv");

        write("");
        assertThat(reload(token).get("restart_required").isEmpty()).isTrue();
        assertThat(server.keys().list()).isEmpty();
    }

    private static JsonNode value(JsonNode values, String key) {
        return values.valueStream()
                .filter(value -> value.get("key").stringValue().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anInvalidConfigurationChangesNothing() throws Exception {
        start("");
        write("log: {level: loud}\nnonsense: 1\n");
        HttpResponse<String> refused = call("POST", "/config/reload", generatedToken());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("nothing was changed", "log.level", "nonsense: unknown key");
        assertThat(call("GET", "/status", generatedToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void tokensAreReplacedWithoutARestart() throws Exception {
        start("");
        String first = generatedToken();
        HttpResponse<String> rotated = call("POST", "/token/rotate", first);
        String second =
                JsonMapper.shared().readTree(rotated.body()).get("token").stringValue();
        assertThat(second).isEqualTo(generatedToken()).isNotEqualTo(first);
        assertThat(call("GET", "/status", first).statusCode()).isEqualTo(401);
        assertThat(call("GET", "/status", second).statusCode()).isEqualTo(200);

        String third = "hasten_admin_written-by-an-operator";
        Files.writeString(directory.resolve("state/admin-token"), third + "\n");
        assertThat(call("GET", "/status", second).statusCode()).isEqualTo(401);
        assertThat(call("GET", "/status", third).statusCode()).isEqualTo(200);

        write("admin_token: configured-0123456789\nadmin_read_token: readonly-0123456789\n");
        reload(third);
        assertThat(call("GET", "/status", third).statusCode()).isEqualTo(401);
        assertThat(call("GET", "/status", "readonly-0123456789").statusCode()).isEqualTo(200);
        assertThat(call("POST", "/drain", "readonly-0123456789").statusCode()).isEqualTo(403);
        assertThat(call("POST", "/token/rotate", "configured-0123456789").statusCode())
                .isEqualTo(409);
    }

    @Test
    void theAdminPortUsesTheCertificateOfTheServer() throws Exception {
        start("tls: {dev: true}\n");
        assertThat(admin.url()).startsWith("https://");
        client.close();
        client = HttpClient.newBuilder()
                .sslContext(trusting(Objects.requireNonNull(server.developmentCa())))
                .build();
        assertThat(call("GET", "/status", generatedToken()).statusCode()).isEqualTo(200);
        assertThat(call("POST", "/certificates/reload", generatedToken()).statusCode())
                .isEqualTo(204);
        assertThat(call("GET", "/status", generatedToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void theAdminPortCanStayPlain() throws Exception {
        start("tls: {dev: true}\nadmin_tls: false\n");
        assertThat(admin.url()).startsWith("http://");
        assertThat(call("GET", "/status", generatedToken()).statusCode()).isEqualTo(200);
    }

    private static SSLContext trusting(Path ca) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    @Test
    void aRemovedTokenIsNoLongerAcceptedAndAGeneratedOneReplacesIt() throws Exception {
        start("admin_token: configured-0123456789\n");
        write("");
        reload("configured-0123456789");
        assertThat(call("GET", "/status", "configured-0123456789").statusCode()).isEqualTo(401);
        assertThat(call("GET", "/status", generatedToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void theReadTokenCannotBeTheAdminToken() throws Exception {
        start("admin_token: configured-0123456789\n");
        write("admin_token: same-0123456789abc\nadmin_read_token: same-0123456789abc\n");
        HttpResponse<String> refused = call("POST", "/config/reload", "configured-0123456789");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("admin_read_token", "admin_token has the same value")
                .doesNotContain("same-0123456789abc");
    }

    @Test
    void deletingTheFileOfTheTokenRevokesIt() throws Exception {
        start("");
        String old = generatedToken();
        Files.delete(directory.resolve("state/admin-token"));
        assertThat(call("GET", "/status", old).statusCode()).isEqualTo(401);
        assertThat(generatedToken()).isNotEqualTo(old);
        assertThat(call("GET", "/status", generatedToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void databasesAreAddedAndRemovedWithARestart() throws Exception {
        start("    keys: [{name: web app, secret: 0123456789abcdefghijklmnopqrstuv}]\n");
        String token = generatedToken();
        Files.writeString(directory.resolve("hasten.yaml"), BASE.replace("app:", "other:"));
        JsonNode result = reload(token);
        assertThat(result.get("applied").valueStream().map(JsonNode::stringValue))
                .isEmpty();
        assertThat(result.get("restart_required").valueStream().map(JsonNode::stringValue))
                .contains("databases.app.url", "databases.other.url", "databases.app.keys[0].name");
        assertThat(server.keys()
                        .authenticateToken("0123456789abcdefghijklmnopqrstuv")
                        .name())
                .isEqualTo("web app");
        JsonNode values = JsonMapper.shared()
                .readTree(call("GET", "/config", token).body())
                .get("values");
        assertThat(value(values, "databases.other.pool.size").get("value").isNull())
                .isTrue();
        assertThat(value(values, "databases.other.pool.size").get("pending").stringValue())
                .isEqualTo("10");
        assertThat(value(values, "databases.app.pool.size").get("value").stringValue())
                .isEqualTo("10");
        assertThat(value(values, "databases.app.pool.size").get("pending").stringValue())
                .isEqualTo("(removed)");
    }

    @Test
    void whyADatabaseCannotBeReachedIsShown() throws Exception {
        start("");
        await().until(() -> JsonMapper.shared()
                .readTree(call("GET", "/pools", generatedToken()).body())
                .at("/pools/0/last_error")
                .asString("")
                .contains("refused"));
        assertThat(call("GET", "/status", generatedToken()).body()).contains("refused");
    }
}
