package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.http.RawClient.RawResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictParsingTest {
    private static final String HOST = "Host: test\r\n";
    /** Would be routed if the server mistook the bytes before it for a complete request. */
    private static final String SMUGGLED = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";

    private final AtomicInteger handled = new AtomicInteger();

    @AutoClose
    private final HttpServer server = TestHttpServer.start(Router.builder()
            .route("GET", "/hello", this::count)
            .route("POST", "/echo", this::count)
            .route("GET", "/items/{id}", this::count)
            .build());

    private void count(Exchange exchange) {
        handled.incrementAndGet();
        exchange.respond(Response.text(200, "handled"));
    }

    static Stream<Arguments> malformedHeads() {
        return Stream.of(
                bad("transfer encoding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")),
                bad("length and transfer encoding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")),
                bad("chunked twice in one header", post("Transfer-Encoding: chunked, chunked\r\n")),
                bad(
                        "chunked twice in two headers",
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
                bad("chunked after gzip", post("Transfer-Encoding: gzip, chunked\r\n")),
                bad("chunked before identity", post("Transfer-Encoding: chunked, identity\r\n")),
                bad("gzip", post("Transfer-Encoding: gzip\r\n")),
                bad("empty transfer encoding", post("Transfer-Encoding:\r\n")),
                bad("chunked with a parameter", post("Transfer-Encoding: chunked;q=1\r\n")),
                bad("chunked with a control character", post("Transfer-Encoding: \u000bchunked\r\n")),
                bad("chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
                bad("two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n")),
                bad("one length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n")),
                bad("lengths in a list", post("Content-Length: 3, 3\r\n")),
                bad("negative length", post("Content-Length: -3\r\n")),
                bad("length with a sign", post("Content-Length: +3\r\n")),
                bad("hexadecimal length", post("Content-Length: 0x3\r\n")),
                bad("empty length", post("Content-Length:\r\n")),
                bad("length of twenty digits", post("Content-Length: 00000000000000000003\r\n")),
                bad("bare LF after the request line", "GET /hello HTTP/1.1\nHost: test\r\n\r\n"),
                bad("bare LF after a header", "GET /hello HTTP/1.1\r\nHost: test\nA: b\r\n\r\n"),
                bad("bare LF as the empty line", "GET /hello HTTP/1.1\r\nHost: test\r\n\n"),
                bad("bare CR in a value", get("A: b\rContent-Length: 3\r\n")),
                bad("bare CR in the request line", "GET /hello\rHTTP/1.1\r\n" + HOST + "\r\n"),
                bad("folded line", get("A: b\r\n c\r\n")),
                bad("folded line with a tab", get("A: b\r\n\tc\r\n")),
                bad("first header line folded", "GET /hello HTTP/1.1\r\n A: b\r\n" + HOST + "\r\n"),
                bad("space before the colon", get("A : b\r\n")),
                bad("tab before the colon", get("A\t: b\r\n")),
                bad("length with a space before the colon", post("Content-Length : 3\r\n")),
                bad("no colon", get("A\r\n")),
                bad("no name", get(": b\r\n")),
                bad("name with a bracket", get("A[]: b\r\n")),
                bad("name with a control character", get("A\u0001: b\r\n")),
                bad("name beyond ASCII", get("\u00c4: b\r\n")),
                bad("NUL in a value", get("A: b\u0000c\r\n")),
                bad("DEL in a value", get("A: b\u007fc\r\n")),
                bad("vertical tab in a value", get("A: b\u000bc\r\n")),
                bad("no host", "GET /hello HTTP/1.1\r\n\r\n"),
                bad("two hosts", get("Host: other\r\n")),
                bad("empty host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"),
                bad("host with a path", "GET /hello HTTP/1.1\r\nHost: test/other\r\n\r\n"),
                bad("host with a user", "GET /hello HTTP/1.1\r\nHost: user@test\r\n\r\n"),
                bad("two hosts in HTTP/1.0", "GET /hello HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
                bad("absolute form", "GET http://test/hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("authority form", "CONNECT test:443 HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("asterisk form", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("fragment", "GET /hello#top HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("target beyond ASCII", "GET /h\u00e4llo HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("broken percent-encoding", "GET /items/%zz HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("cut percent-encoding", "GET /items/a%2 HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("two spaces in the request line", "GET  /hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("tab in the request line", "GET\t/hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("form feed in the request line", "GET\u000c/hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("space after the version", "GET /hello HTTP/1.1 \r\n" + HOST + "\r\n"),
                bad("space before the method", " GET /hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("two empty lines before the request", "\r\n\r\nGET /hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("bare LF before the request", "\nGET /hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("method with a bracket", "G(T /hello HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("HTTP/0.9", "GET /hello\r\n"),
                bad("lower-case version", "GET /hello http/1.1\r\n" + HOST + "\r\n"),
                bad("long version", "GET /hello HTTP/1.10\r\n" + HOST + "\r\n"),
                bad("no version number", "GET /hello HTTP/\r\n" + HOST + "\r\n"),
                bad("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                bad("a TLS client hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeads")
    void malformedHeadIsRejectedAndNothingAfterItIsRouted(String name, String head) throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send(head + SMUGGLED);

            RawResponse response = client.readAnswer();
            assertThat(response.status()).as(name).isEqualTo(400);
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(response.header("prisma-error-code")).isEqualTo("P5000");
            assertThat(response.header("x-request-id")).matches("[0-9a-f]{16}");
            assertThat(response.text())
                    .startsWith("{\"is_panic\":false,\"message\":\"Malformed request: ")
                    .contains("\"error_code\":\"P5000\",\"code\":\"P5000\"")
                    .endsWith("\"meta\":{}}");
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(handled).hasValue(0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeads")
    void malformedHeadIsRejectedWhenItArrivesByteByByte(String name, String head) throws IOException {
        try (RawClient client = RawClient.to(server)) {
            for (byte b : head.getBytes(StandardCharsets.ISO_8859_1)) {
                client.send(new byte[] {b});
            }

            assertThat(client.readAnswer().status()).as(name).isEqualTo(400);
            client.closeSendingHalf();
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(handled).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3\nabc\r\n0\r\n\r\n",
                "3\r\nabc\n0\r\n\r\n",
                "3\r\nabcd\r\n0\r\n\r\n",
                "3 \r\nabc\r\n0\r\n\r\n",
                " 3\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "+3\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "\r\nabc\r\n0\r\n\r\n",
                "100000003\r\nabc\r\n0\r\n\r\n",
                "3;a\nb\r\nabc\r\n0\r\n\r\n",
                "3\r\nabc\r\n0\r\n\n",
                "3\r\nabc\r\n0\r\nTrailer\r\n\r\n",
                "3\r\nabc\r\n0\nA: b\r\n\r\n",
            })
    void malformedChunkIsRefused(String chunks) throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send(post("Transfer-Encoding: chunked\r\n") + chunks + SMUGGLED);

            RawResponse response = client.readAnswer();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(handled).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0"})
    void otherVersionsAreRefused(String version) throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send("GET /hello " + version + "\r\n" + HOST + "\r\n");

            assertThat(client.readAnswer().status()).isEqualTo(505);
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void malformedRequestDoesNotAffectAValidOneBeforeIt() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send(SMUGGLED + "GET /hello HTTP/1.1\nHost: test\r\n\r\n" + SMUGGLED);

            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(client.readAnswer().status()).isEqualTo(400);
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(handled).hasValue(1);
    }

    @Test
    void oneEmptyLineBeforeARequestIsAccepted() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            for (byte b : ("\r\n" + SMUGGLED).getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {b});
            }

            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(client.send("\r\n" + SMUGGLED).readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void unusualButValidHeadIsAccepted() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send("GET /hello?a=%20&b=[] HTTP/1.1\r\nhOST:[::1]:8080\t \r\nA:\r\nB: \u00e4 \"(x)\"\r\n\r\n");

            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
    }

    private static Arguments bad(String name, String head) {
        return Arguments.of(name, head);
    }

    private static String get(String headers) {
        return "GET /hello HTTP/1.1\r\n" + HOST + headers + "\r\n";
    }

    private static String post(String headers) {
        return "POST /echo HTTP/1.1\r\n" + HOST + headers + "\r\n";
    }
}
