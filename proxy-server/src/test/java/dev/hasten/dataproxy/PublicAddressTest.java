package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.LogCapture;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The calls of a transaction use the address that the client used. */
@Tag("integration")
final class PublicAddressTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static final String SCHEMA = """
            datasource db {
              provider = "postgresql"
            }
            model Item {
              id Int @id
            }
            """;

    private static final String QUERY =
            "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{\"$scalars\":true}}}";

    /** Returns the response to the start of a transaction. Uses a socket: the JDK's client cannot send other hosts. */
    private static String start(TestServer asked, String headers) throws IOException {
        DataProxyClient client = new DataProxyClient(asked.client(), "6.19.0", SCHEMA);
        client.upload();
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), asked.server().port())) {
            socket.getOutputStream()
                    .write(("POST " + client.base() + "/transaction/start HTTP/1.1\r\n" + headers
                                    + "Authorization: Bearer " + TestServer.KEY
                                    + "\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
                            .getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .reduce("", (_, line) -> line);
        }
    }

    @Test
    void hostOfTheRequestIsUsedWithHttpsByDefault() throws IOException {
        assertThat(start(SERVER, "Host: db.example.com\r\n")).contains("\"https://db.example.com/6.19.0/");
        assertThat(start(SERVER, "Host: db.example.com:4466\r\n")).contains("\"https://db.example.com:4466/6.19.0/");
    }

    @Test
    void localhostUsesTheProtocolOfTheServer() throws IOException {
        assertThat(start(SERVER, "Host: localhost:4466\r\n")).contains("\"http://localhost:4466/6.19.0/");
        assertThat(start(SERVER, "Host: [::1]:4466\r\n")).contains("\"http://[::1]:4466/6.19.0/");
    }

    @Test
    void forwardedHostOfAnUntrustedClientIsIgnored() throws IOException {
        assertThat(start(SERVER, "Host: localhost\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n"))
                .contains("\"http://localhost/6.19.0/");
    }

    @Test
    void forwardedHostAndSchemeOfATrustedProxyAreUsed() throws IOException {
        try (TestServer trusting = TestServer.on(POSTGRES)
                .with("http.trusted_proxies", "127.0.0.0/8")
                .start()) {
            String forwarded = "Host: 10.0.0.1\r\nX-Forwarded-Host: evil.example, db.example.com:8443\r\n";
            assertThat(start(trusting, forwarded)).contains("\"https://db.example.com:8443/6.19.0/");
            assertThat(start(trusting, "Host: db.internal\r\nX-Forwarded-Proto: http\r\n"))
                    .contains("\"http://db.internal/6.19.0/");
            assertThat(start(trusting, "Host: localhost\r\nX-Forwarded-Proto: gopher\r\n"))
                    .contains("\"http://localhost/6.19.0/");
            assertThat(start(trusting, "Host: localhost\r\nX-Forwarded-Host: a/b?c\r\n"))
                    .doesNotContain("data-proxy");
        }
    }

    @Test
    void addressThatNoRequestReachesIsReported() throws IOException {
        try (TestServer server = TestServer.on(POSTGRES)
                        .with("limits.transaction_timeout", "100ms")
                        .start();
                LogCapture log = new LogCapture(PublicAddress.class.getName())) {
            start(server, "Host: proxy-drops-the-port.example\r\n");
            await().until(() -> String.join("\n", log.messages())
                    .contains("none of its requests arrived at https://proxy-drops-the-port.example"));
        }
    }

    @Test
    void addressThatARequestReachesIsNotReported() throws IOException {
        try (TestServer server = TestServer.on(POSTGRES)
                        .with("limits.transaction_timeout", "3s")
                        .start();
                LogCapture log = new LogCapture(PublicAddress.class.getName())) {
            String started = start(server, "Host: localhost\r\n");
            String id = started.replaceFirst(".*\"id\":\"([^\"]+)\".*", "$1");
            DataProxyClient client = new DataProxyClient(server.client(), "6.19.0", SCHEMA);
            client.post(client.base() + "/transaction/" + id + "/graphql", QUERY);
            await().until(() ->
                    server.server().databases().get("default").transactions().openCount() == 0);
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void invalidHostIsRejected() throws IOException {
        assertThat(start(SERVER, "Host: a/b?c\r\n")).doesNotContain("data-proxy");
    }

    @Test
    void configuredAddressTakesPrecedence() throws IOException {
        try (TestServer configured = TestServer.on(POSTGRES)
                .with("public_url", "https://db.example.com:8443")
                .start()) {
            assertThat(start(configured, "Host: 10.0.0.1\r\n")).contains("\"https://db.example.com:8443/6.19.0/");
        }
    }
}
