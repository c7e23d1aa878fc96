package dev.hasten.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.http.RawClient.RawResponse;
import dev.hasten.memory.SharedBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Requests as handlers see them, and responses as clients see them. */
class HttpServerTest {
    private static final byte[] FIVE_MEGABYTES = new byte[5 * 1024 * 1024];

    static {
        new Random(1).nextBytes(FIVE_MEGABYTES);
    }

    private static final SharedBytes SHARED = new SharedBytes(FIVE_MEGABYTES);

    private final Queue<String> observed = new ConcurrentLinkedQueue<>();

    @AutoClose
    private final HttpServer server = HttpServer.start(
            TestHttpServer.options(
                    TestHttpServer.LIMITS,
                    null,
                    request -> observed.add(request.route() + " " + request.method() + " " + request.status() + " "
                            + request.requestBytes() + " " + request.responseBytes())),
            TestHttpServer.routes()
                    .route("GET", "/shared", exchange -> exchange.respond(Response.json(200, SHARED)))
                    .route("GET", "/large", exchange -> exchange.respond(Response.json(200, FIVE_MEGABYTES)))
                    .route("GET", "/nothing", exchange -> exchange.respond(Response.empty(204)))
                    .route("GET", "/describe/{first}/{second}", HttpServerTest::describe)
                    .route("POST", "/describe/{first}/{second}", HttpServerTest::describe)
                    .route("GET", "/twice", exchange -> {
                        exchange.respond(Response.text(200, "first"));
                        exchange.respond(Response.text(200, "second"));
                    })
                    .route("GET", "/thrown", exchange -> {
                        throw new IllegalStateException("secret of the handler");
                    })
                    .route(
                            "GET",
                            "/thread",
                            exchange -> Thread.ofVirtual()
                                    .start(() -> exchange.respond(Response.text(200, "from a thread"))))
                    .build());

    private static void describe(Exchange exchange) {
        exchange.respond(Response.text(
                200,
                String.join(
                        "|",
                        exchange.method(),
                        exchange.path(),
                        exchange.route(),
                        exchange.pathParameter("first"),
                        exchange.pathParameter("second"),
                        String.valueOf(exchange.header("X-LIST")),
                        new String(exchange.body(), UTF_8))));
    }

    @Test
    void responseIsComplete() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            RawResponse response = client.get("/hello");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("hello");
            assertThat(response.headers().keySet()).containsExactly("content-length", "content-type", "x-request-id");
            assertThat(response.header("content-type")).isEqualTo("text/plain; charset=utf-8");
        }
    }

    @Test
    void requestIdsAreUniqueOnAKeptConnection() throws IOException {
        Set<String> ids = new HashSet<>();
        try (RawClient client = RawClient.to(server)) {
            for (int i = 0; i < 1000; i++) {
                ids.add(String.valueOf(client.get("/hello").header("x-request-id")));
            }
        }
        assertThat(ids).hasSize(1000).allMatch(id -> id.matches("[0-9a-f]{16}"));
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void handlerSeesTheRequest() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send("POST /describe/a%2Fb%20%C3%A4/c+d?p=1&q=x+y%26&q=2 HTTP/1.1\r\nHost: test\r\nx-list: a\r\n"
                    + "X-List: b\r\nContent-Length: 4\r\n\r\nbody");

            assertThat(client.readAnswer().text())
                    .isEqualTo("POST|/describe/a%2Fb%20%C3%A4/c+d|/describe/{first}/{second}|a/b \u00e4|c+d|a, b|body");
            assertThat(client.get("/describe/a/b?q").text())
                    .isEqualTo("GET|/describe/a/b|/describe/{first}/{second}|a|b|null|");
        }
    }

    @Test
    void bodiesOfEverySizeArriveCompletely() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            for (int size : List.of(0, 1, 1000, 64 * 1024, 64 * 1024 + 1, 300_000, 1024 * 1024)) {
                assertThat(client.post("/echo", "x".repeat(size)).text()).hasSize(size);
            }
        }
    }

    @Test
    void chunkedBodyArrivesCompletely() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            String head = "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
            for (int i = 0; i < 2; i++) {
                RawResponse response = client.send(head)
                        .send("3\r\nabc\r\n")
                        .send("A;name=value\r\n0123456789\r\n0\r\nTrai")
                        .send("ler: dropped\r\n\r\n")
                        .readAnswer();

                assertThat(response.text()).isEqualTo("abc0123456789");
            }
            client.send(head);
            for (int i = 0; i < 100; i++) {
                client.send("1388\r\n" + "y".repeat(5000) + "\r\n");
            }
            assertThat(client.send("0\r\n\r\n").readAnswer().text()).isEqualTo("y".repeat(500_000));
        }
    }

    @Test
    void requestMayArriveByteByByte() throws IOException {
        String request = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc";
        try (RawClient client = RawClient.to(server)) {
            for (byte b : request.repeat(2).getBytes(UTF_8)) {
                client.send(new byte[] {b});
            }

            assertThat(client.readAnswer().text()).isEqualTo("abc");
            assertThat(client.readAnswer().text()).isEqualTo("abc");
        }
    }

    @Test
    void largeResponsesArriveCompletely() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            for (String path : List.of("/shared", "/large", "/shared")) {
                assertThat(client.get(path).body().equals(ByteBuffer.wrap(FIVE_MEGABYTES)))
                        .as(path)
                        .isTrue();
            }
        }
    }

    @Test
    void headIsHandledLikeGetWithoutBody() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            for (String path : List.of("/hello", "/shared", "/large")) {
                client.send("HEAD " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");

                RawResponse response = client.readAnswer(false);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.header("content-length")).isEqualTo(path.equals("/hello") ? "5" : "5242880");
            }
            assertThat(client.get("/hello").text()).isEqualTo("hello");
        }
    }

    @Test
    void noContentHasNoLength() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            RawResponse response = client.get("/nothing");

            assertThat(response.status()).isEqualTo(204);
            assertThat(response.headers().keySet()).containsExactly("x-request-id");
            assertThat(client.get("/hello").status()).isEqualTo(200);
        }
    }

    @Test
    void unknownPathAndMethodHaveDifferentErrorsAndKeepTheConnection() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            RawResponse unknown = client.post("/unknown", "a body that is read and forgotten");
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.header("prisma-error-code")).isEqualTo("P5003");

            RawResponse method = client.post("/hello", "body");
            assertThat(method.status()).isEqualTo(405);
            assertThat(method.header("allow")).isEqualTo("GET, HEAD");

            assertThat(client.get("/hello/").status()).isEqualTo(404);
            assertThat(client.get("/hello").status()).isEqualTo(200);
        }
    }

    @Test
    void onlyTheFirstResponseIsSent() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            assertThat(client.get("/twice").text()).isEqualTo("first");
            assertThat(client.get("/hello").text()).isEqualTo("hello");
        }
    }

    @Test
    void responseMayComeFromAnotherThread() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("/thread").text()).isEqualTo("from a thread");
            }
        }
    }

    @Test
    void failureOfAHandlerRevealsOnlyTheRequestId() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            RawResponse response = client.get("/thrown");

            assertThat(response.status()).isEqualTo(500);
            assertThat(response.header("prisma-error-code")).isEqualTo("P6000");
            assertThat(response.text())
                    .contains("Internal server error (request id " + response.header("x-request-id") + ")")
                    .doesNotContain("secret");
            assertThat(client.get("/hello").status()).isEqualTo(200);
        }
    }

    @Test
    void connectionIsClosedIfTheClientAsksForIt() throws IOException {
        for (String request : List.of(
                "GET /hello HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Close\r\n\r\n",
                "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")) {
            try (RawClient client = RawClient.to(server)) {
                RawResponse response = client.send(request).readAnswer();

                assertThat(response.text()).isEqualTo("hello");
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    @Test
    void continueIsSentToAClientThatWaitsForIt() throws IOException {
        String head = "POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";
        try (RawClient client = RawClient.to(server)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(head).readAnswer(false).status()).isEqualTo(100);
                assertThat(client.send("abc").readAnswer().text()).isEqualTo("abc");
            }
        }
    }

    @Test
    void unsupportedExpectationIsRejectedBeforeTheBody() throws IOException {
        assertThat(statusOfExpectation("/echo", "200-ok", 3)).isEqualTo(417);
        assertThat(statusOfExpectation("/echo", "100-continue", 2_000_000)).isEqualTo(413);
        assertThat(statusOfExpectation("/unknown", "100-continue", 3)).isEqualTo(404);
        assertThat(statusOfExpectation("/hello", "100-continue", 3)).isEqualTo(405);
    }

    private int statusOfExpectation(String path, String expectation, int length) throws IOException {
        try (RawClient client = RawClient.to(server)) {
            RawResponse response = client.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nExpect: " + expectation
                            + "\r\nContent-Length: " + length + "\r\n\r\n")
                    .readAnswer();
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
            return response.status();
        }
    }

    @Test
    void everyExchangeIsObserved() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.post("/echo", "abc");
            client.get("/describe/secret/b");
            client.get("/unknown");
            client.send("INVENTED /unknown HTTP/1.1\r\nHost: test\r\n\r\n").readAnswer();
            client.send("HEAD /hello HTTP/1.1\r\nHost: test\r\n\r\n").readAnswer(false);
            client.send("\n").readAnswer();
        }
        await().untilAsserted(() -> assertThat(observed)
                .map(line -> line.replaceAll(" [0-9]+$", ""))
                .containsExactly(
                        "/echo POST 200 3",
                        "/describe/{first}/{second} GET 200 0",
                        "unmatched GET 404 0",
                        "unmatched other 404 0",
                        "/hello HEAD 200 0",
                        "unmatched other 400 0"));
    }

    @Test
    void failingObserverDoesNotAffectRequests() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        RequestObserver failing = _ -> {
            calls.incrementAndGet();
            throw new IllegalStateException("observer");
        };
        try (HttpServer observedServer = HttpServer.start(
                        TestHttpServer.options(TestHttpServer.LIMITS, null, failing),
                        TestHttpServer.routes().build());
                RawClient client = RawClient.to(observedServer)) {
            assertThat(client.get("/hello").status()).isEqualTo(200);
            assertThat(client.get("/hello").status()).isEqualTo(200);
        }
        assertThat(calls).hasValue(2);
    }

    @Test
    void manyClientsAreServedConcurrently() throws Exception {
        int clients = 32;
        CountDownLatch done = new CountDownLatch(clients);
        AtomicInteger good = new AtomicInteger();
        for (int i = 0; i < clients; i++) {
            String body = "body of client " + i;
            Thread.ofVirtual().start(() -> {
                try (RawClient client = RawClient.to(server)) {
                    for (int n = 0; n < 50; n++) {
                        if (client.post("/echo", body).text().equals(body)) {
                            good.incrementAndGet();
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        assertThat(good).hasValue(clients * 50);
    }
}
