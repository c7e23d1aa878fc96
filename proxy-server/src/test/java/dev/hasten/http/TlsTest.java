package dev.hasten.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    /** The type of TLS alert records; level and description follow the record header of 5 bytes. */
    private static final int ALERT = 21;

    private static final int FATAL = 2;
    private static final int PROTOCOL_VERSION = 70;

    @TempDir
    Path directory;

    private HttpServer start(DevCertificates certificates) {
        return TestHttpServer.start(
                TestHttpServer.LIMITS,
                certificates.context(),
                TestHttpServer.routes()
                        .route("GET", "/large", exchange -> exchange.respond(Response.json(200, new byte[5_000_000])))
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void clientThatTrustsTheDevelopmentAuthorityIsServed(String host) throws Exception {
        DevCertificates certificates = DevCertificates.ensure(directory);
        try (HttpServer server = start(certificates);
                HttpClient client = TlsClients.http(certificates.caPem())) {
            URI base = URI.create("https://" + host + ":" + server.port());
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> echo = client.send(
                        HttpRequest.newBuilder(base.resolve("/echo"))
                                .POST(BodyPublishers.ofString("x".repeat(100_000)))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(echo.statusCode()).isEqualTo(200);
                assertThat(echo.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
                assertThat(echo.body()).isEqualTo("x".repeat(100_000));
            }
            HttpResponse<byte[]> large =
                    client.send(HttpRequest.newBuilder(base.resolve("/large")).build(), BodyHandlers.ofByteArray());
            assertThat(large.body()).hasSize(5_000_000);
            assertThat(server.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void clientThatDoesNotTrustTheDevelopmentAuthorityIsNotServed() throws Exception {
        try (HttpServer server = start(DevCertificates.ensure(directory));
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/hello"))
                    .build();
            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothTlsVersionsAreSupportedAndOnlyHttp11IsNegotiated(String version) throws Exception {
        DevCertificates certificates = DevCertificates.ensure(directory);
        try (HttpServer server = start(certificates);
                SSLSocket socket = TlsClients.socket(server, certificates.caPem())) {
            var parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            RawClient client = new RawClient(socket);

            assertThat(client.get("/hello").text()).isEqualTo("hello");
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void tls11IsRefused() throws IOException {
        // Version 3.2 in record and hello, a cipher suite of every TLS 1.1 server with an EC key, curve P-256.
        String hello = "0302" + "00".repeat(32) + "00" + "0004c009c00a" + "0100" + "000e" + "000a000400020017"
                + "000b00020100";
        byte[] body = HexFormat.of().parseHex(hello);
        byte[] record = new byte[9 + body.length];
        byte[] head = {22, 3, 2, 0, (byte) (body.length + 4), 1, 0, 0, (byte) body.length};
        System.arraycopy(head, 0, record, 0, head.length);
        System.arraycopy(body, 0, record, head.length, body.length);
        try (HttpServer server = start(DevCertificates.ensure(directory));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(record);

            byte[] response = socket.getInputStream().readNBytes(7);
            assertThat(response[0]).isEqualTo((byte) ALERT);
            assertThat(response[5]).isEqualTo((byte) FATAL);
            assertThat(response[6]).isEqualTo((byte) PROTOCOL_VERSION);
        }
    }

    @Test
    void rejectionOverTlsArrivesAndEndsTheConnection() throws Exception {
        DevCertificates certificates = DevCertificates.ensure(directory);
        try (HttpServer server = start(certificates);
                RawClient client = TlsClients.raw(server, certificates.caPem())) {
            client.send("GET /hello HTTP/1.1\r\nHost : test\r\n\r\n" + "x".repeat(100_000));

            assertThat(client.readAnswer().status()).isEqualTo(400);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void developmentCertificatesAreReused() throws IOException {
        DevCertificates.ensure(directory);
        String ca = Files.readString(directory.resolve("ca.pem"));
        String leaf = Files.readString(directory.resolve("localhost.pem"));

        DevCertificates.ensure(directory);

        assertThat(directory.resolve("ca.pem")).hasContent(ca);
        assertThat(directory.resolve("localhost.pem")).hasContent(leaf);
        assertThat(PemFiles.certificates(directory.resolve("localhost.pem"))
                        .getFirst()
                        .getPublicKey()
                        .getAlgorithm())
                .isEqualTo("EC");
    }

    @Test
    void leafCloseToExpiryIsRenewedByTheSameAuthority() throws IOException {
        Instant elevenMonthsAgo = Instant.now().minus(Duration.ofDays(335));
        DevCertificates.ensure(directory, Clock.fixed(elevenMonthsAgo, ZoneOffset.UTC));
        String ca = Files.readString(directory.resolve("ca.pem"));
        String leaf = Files.readString(directory.resolve("localhost.pem"));

        DevCertificates.ensure(directory);

        assertThat(directory.resolve("ca.pem")).hasContent(ca);
        assertThat(Files.readString(directory.resolve("localhost.pem"))).isNotEqualTo(leaf);
    }

    @Test
    void leafOfAnotherAuthorityIsReplaced() throws IOException {
        DevCertificates.ensure(directory);
        String leaf = Files.readString(directory.resolve("localhost.pem"));
        Files.delete(directory.resolve("ca-key.pem"));

        DevCertificates.ensure(directory);

        assertThat(Files.readString(directory.resolve("localhost.pem"))).isNotEqualTo(leaf);
    }

    @Test
    void onlyTheOwnerCanReadPrivateKeys() throws IOException {
        DevCertificates.ensure(directory.resolve("made/here"));

        for (String key : List.of("ca-key.pem", "localhost-key.pem")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                            directory.resolve("made/here").resolve(key))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void keysInEveryCommonFormatAreRead() throws Exception {
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
            Path file = write(
                    "key.pem",
                    "-----BEGIN PRIVATE KEY-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(pair.getPrivate().getEncoded())
                            + "\n-----END PRIVATE KEY-----\n");

            assertThat(PemFiles.privateKey(file)).isEqualTo(pair.getPrivate());
        }
    }

    @Test
    void unusableFileIsReported() throws IOException {
        DevCertificates.ensure(directory);
        Path certificate = directory.resolve("localhost.pem");
        Path key = directory.resolve("localhost-key.pem");
        Path missing = directory.resolve("missing.pem");
        Path junk = write("junk.pem", "junk\n");
        Path broken = write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Path damaged = write("damaged.pem", "-----BEGIN PRIVATE KEY-----\n!AAA\n-----END PRIVATE KEY-----\n");
        Path cut = write("cut.pem", "-----BEGIN PRIVATE KEY-----\nAAA");
        Path encrypted = write("encrypted.pem", """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00

                AAAA
                -----END RSA PRIVATE KEY-----
                """);

        assertUnusable(missing, key, "certificate file " + missing + " cannot be read");
        assertUnusable(junk, key, "certificate file " + junk);
        assertUnusable(key, key, "certificate file " + key);
        assertUnusable(certificate, missing, "key file " + missing + " cannot be read");
        assertUnusable(certificate, junk, "key file " + junk + " contains no PEM private key");
        assertUnusable(certificate, certificate, "key file " + certificate + " contains no PEM private key");
        assertUnusable(certificate, broken, "key file " + broken + " does not contain a valid PEM private key");
        assertUnusable(certificate, damaged, "key file " + damaged + " does not contain a valid PEM private key");
        assertUnusable(certificate, cut, "key file " + cut + " does not contain a valid PEM private key");
        assertUnusable(certificate, encrypted, "key file " + encrypted + " is encrypted");
        assertUnusable(certificate, directory.resolve("ca-key.pem"), "does not match the certificate file");
    }

    private static void assertUnusable(Path certificate, Path key, String message) {
        assertThatThrownBy(() -> TlsContexts.fromPem(certificate, key, null))
                .isInstanceOf(HttpServerException.class)
                .hasMessageContaining(message);
    }

    private Path write(String name, String content) throws IOException {
        return Files.write(directory.resolve(name), content.getBytes(UTF_8));
    }
}
