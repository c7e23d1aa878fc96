package dev.hasten.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.memory.MemoryBudget;
import dev.hasten.testing.LogCapture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PROXY protocol, with 127.0.0.9 as a trusted proxy. */
class ProxyProtocolTest {
    private static final String REQUEST = "GET /client HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    /** Version 2, PROXY, TCP over IPv4: 203.0.113.7:4711 to 192.0.2.1:443. */
    private static final byte[] BINARY =
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "cb007107" + "c0000201" + "126701bb");

    /** Version 2, LOCAL: a health check of the proxy itself. */
    private static final byte[] LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "20000000");

    private static HttpServer start(@Nullable DevCertificates certificates) {
        HttpServerOptions options = TestHttpServer.options(TestHttpServer.LIMITS, null);
        return HttpServer.start(
                new HttpServerOptions(
                        "test",
                        options.address(),
                        options.limits(),
                        certificates == null ? null : certificates::context,
                        new TrustedProxies(InetAddress.ofLiteral("127.0.0.9")::equals, true),
                        1,
                        MemoryBudget.unlimited(),
                        options.callbacks()),
                Router.builder()
                        .route(
                                "GET",
                                "/client",
                                exchange ->
                                        exchange.respond(Response.text(200, String.valueOf(exchange.clientAddress()))))
                        .build());
    }

    private static Socket connect(HttpServer server, String from) throws IOException {
        return new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port(), InetAddress.ofLiteral(from), 0);
    }

    private static String response(HttpServer server, String from, byte[] header) throws IOException {
        try (Socket socket = connect(server, from)) {
            socket.getOutputStream().write(header);
            socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void addressInTheHeaderIsThatOfTheClient() throws IOException {
        try (HttpServer server = start(null)) {
            byte[] text = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n".getBytes(US_ASCII);
            assertThat(response(server, "127.0.0.9", text)).endsWith("/203.0.113.7");
            assertThat(response(server, "127.0.0.9", BINARY)).endsWith("/203.0.113.7");
            assertThat(response(server, "127.0.0.9", "PROXY TCP6 2001:db8::1 ::1 4711 443\r\n".getBytes(US_ASCII)))
                    .endsWith("/2001:db8:0:0:0:0:0:1");
        }
    }

    @Test
    void healthCheckOfTheProxyHasTheAddressOfTheProxy() throws IOException {
        try (HttpServer server = start(null)) {
            assertThat(response(server, "127.0.0.9", LOCAL)).endsWith("/127.0.0.9");
            assertThat(response(server, "127.0.0.9", "PROXY UNKNOWN\r\n".getBytes(US_ASCII)))
                    .endsWith("/127.0.0.9");
        }
    }

    @Test
    void headerMayArriveByteByByte() throws IOException {
        try (HttpServer server = start(null);
                Socket socket = connect(server, "127.0.0.9")) {
            socket.setTcpNoDelay(true);
            for (byte part : BINARY) {
                socket.getOutputStream().write(part);
                socket.getOutputStream().flush();
            }
            socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .endsWith("/203.0.113.7");
        }
    }

    @Test
    void headerPrecedesTls(@TempDir Path directory) throws Exception {
        DevCertificates certificates = DevCertificates.ensure(directory);
        try (HttpServer server = start(certificates);
                Socket plain = connect(server, "127.0.0.9")) {
            plain.getOutputStream().write(BINARY);
            try (SSLSocket socket = (SSLSocket) TlsClients.context(certificates.caPem())
                    .getSocketFactory()
                    .createSocket(plain, "localhost", server.port(), true)) {
                socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                        .endsWith("/203.0.113.7");
            }
        }
    }

    @Test
    void trustedProxyWithoutTheHeaderIsRefusedAndReported() throws IOException {
        try (HttpServer server = start(null);
                LogCapture log = new LogCapture(ProxyHeader.class.getName())) {
            for (int i = 0; i < 3; i++) {
                assertThat(response(server, "127.0.0.9", new byte[0])).isEmpty();
            }
            await().until(() ->
                    String.join("\n", log.messages()).contains("does not begin with a header of the PROXY protocol"));
            assertThat(String.join("\n", log.messages()).split("does not begin", -1))
                    .as("one warning")
                    .hasSize(2);
        }
    }

    @Test
    void otherClientsCannotSendTheHeader() throws IOException {
        try (HttpServer server = start(null)) {
            assertThat(response(server, "127.0.0.2", BINARY)).startsWith("HTTP/1.1 400 ");
            assertThat(response(server, "127.0.0.2", new byte[0])).endsWith("/127.0.0.2");
        }
    }
}
