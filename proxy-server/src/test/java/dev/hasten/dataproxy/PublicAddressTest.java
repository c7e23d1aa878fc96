package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.DataProxyClient;
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
