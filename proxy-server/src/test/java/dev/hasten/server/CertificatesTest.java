package dev.hasten.server;

import static dev.hasten.testing.Plans.rawQuery;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.testing.Client;
import dev.hasten.testing.LogCapture;
import dev.hasten.testing.TestCertificates;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Renewed certificates of the server, and certificates of clients. */
@Tag("integration")
final class CertificatesTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @TempDir
    Path directory;

    private TestCertificates authority;
    private Path certificate;
    private Path key;

    @BeforeEach
    void issue() throws Exception {
        authority = TestCertificates.authority("Test CA", directory.resolve("ca.pem"));
        certificate = directory.resolve("tls.crt");
        key = directory.resolve("tls.key");
        authority.issueServer(certificate, key);
    }

    private Certificates certificates() {
        return Objects.requireNonNull(Certificates.of(Config.load(new ConfigSources(
                null, Map.of(), Map.of("tls.cert", certificate.toString(), "tls.key", key.toString()), directory))));
    }

    @Test
    void renewedFilesAreUsedWhenTheyNoLongerChange() throws Exception {
        Certificates certificates = certificates();
        Object before = certificates.forClients();
        assertThat(certificates.reloadIfChanged()).isFalse();
        authority.issueServer(certificate, key);
        assertThat(certificates.reloadIfChanged()).as("may still be changing").isFalse();
        assertThat(certificates.reloadIfChanged()).isTrue();
        assertThat(certificates.forClients()).isNotSameAs(before);
        assertThat(certificates.reloadIfChanged()).isFalse();
    }

    @Test
    void filesThatDoNotFitAreReportedOnceAndNotUsed() throws Exception {
        Certificates certificates = certificates();
        Object before = certificates.forClients();
        authority.issueServer(certificate, directory.resolve("other.key"));
        try (LogCapture log = new LogCapture(Certificates.class.getName())) {
            for (int i = 0; i < 4; i++) {
                assertThat(certificates.reloadIfChanged()).isFalse();
            }
            assertThat(String.join("\n", log.messages()))
                    .contains("cannot be used; the ones before stay in use: The key file");
            assertThat(String.join("\n", log.messages()).split("cannot be used", -1))
                    .hasSize(2);
        }
        assertThat(certificates.forClients()).isSameAs(before);
        Files.copy(directory.resolve("other.key"), key, StandardCopyOption.REPLACE_EXISTING);
        certificates.reloadIfChanged();
        assertThat(certificates.reloadIfChanged())
                .as("the other file has followed")
                .isTrue();
    }

    @Test
    void deletedFilesDoNotEndTheServer() throws Exception {
        Certificates certificates = certificates();
        Files.delete(certificate);
        certificates.reloadIfChanged();
        assertThat(certificates.reloadIfChanged()).isFalse();
    }

    private HttpClient client(@Nullable TestCertificates clients) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(TestCertificates.clientContext(directory.resolve("ca.pem"), clients))
                .build();
    }

    private HttpResponse<String> send(HttpClient client, TestServer server, String path, @Nullable String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("https://localhost:" + server.server().port() + path))
                .header("Authorization", "Bearer " + TestServer.KEY)
                .header("Content-Type", "application/json");
        return client.send(
                (body == null ? request : request.POST(BodyPublishers.ofString(body))).build(),
                BodyHandlers.ofString());
    }

    @Test
    void requestsNeedAClientCertificateOfTheAuthorityIfOneIsConfigured() throws Exception {
        TestCertificates clients = TestCertificates.authority("Clients", directory.resolve("clients.pem"));
        String body = Client.body(rawQuery("SELECT 1"), Map.of());
        try (TestServer server = TestServer.on(POSTGRES)
                .with("tls.cert", certificate)
                .with("tls.key", key)
                .with("tls.client_ca", directory.resolve("clients.pem"))
                .start()) {
            try (HttpClient without = client(null)) {
                HttpResponse<String> refused = send(without, server, "/query", body);
                assertThat(refused.statusCode()).isEqualTo(403);
                assertThat(refused.body()).contains("requires a client certificate (tls.client_ca)");
                assertThat(send(without, server, "/sql", "{\"query\":\"SELECT 1\"}")
                                .statusCode())
                        .isEqualTo(403);
                assertThat(send(without, server, "/ready", null).statusCode()).isEqualTo(200);
            }
            try (HttpClient with = client(clients)) {
                assertThat(send(with, server, "/query", body).statusCode()).isEqualTo(200);
                assertThat(send(with, server, "/query", body).statusCode()).isEqualTo(200);
            }
            try (HttpClient stranger = client(TestCertificates.authority("Stranger", directory.resolve("other.pem")))) {
                assertThat(send(stranger, server, "/query", body).statusCode()).isEqualTo(403);
            }
        }
    }
}
