package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hasten.http.HttpLimits.Timeouts;
import dev.hasten.http.RawClient.RawResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Duration LONG = TestHttpServer.LONG;
    private static final Duration SHORT = TestHttpServer.SHORT;

    private final AtomicInteger handled = new AtomicInteger();
    private final Router router = TestHttpServer.routes()
            .route("POST", "/count", exchange -> {
                handled.incrementAndGet();
                exchange.respond(Response.text(200, Integer.toString(exchange.body().length)));
            })
            .route("GET", "/large", exchange -> exchange.respond(Response.json(200, new byte[64 * 1024 * 1024])))
            .build();

    private static HttpLimits sizes(int headerBytes, int bodyBytes) {
        return new HttpLimits(headerBytes, bodyBytes, TestHttpServer.TIMEOUTS, 0, 100);
    }

    private static HttpLimits times(Duration body, Duration head, Duration idle) {
        return new HttpLimits(8192, 1_000_000, new Timeouts(head, LONG, body, idle, idle), 0, 100);
    }

    private HttpServer start(HttpLimits limits) {
        return TestHttpServer.start(limits, null, router);
    }

    @Test
    void headUpToTheLimitIsAcceptedAndOneByteMoreIsNot() throws IOException {
        String start = "GET /hello HTTP/1.1\r\nHost: test\r\nA: ";
        int padding = 1000 - start.length() - 4;
        try (HttpServer server = start(sizes(1000, 10));
                RawClient client = RawClient.to(server)) {
            for (int i = 0; i < 2; i++) {
                client.send(start + "a".repeat(padding) + "\r\n\r\n");
                assertThat(client.readAnswer().status()).isEqualTo(200);
            }
            client.send(start + "a".repeat(padding + 1) + "\r\n\r\n");
            assertRefused(client, 431);
        }
    }

    @Test
    void endlessHeadIsRefusedAtTheLimit() throws IOException {
        try (HttpServer server = start(sizes(1000, 10))) {
            try (RawClient client = RawClient.to(server)) {
                client.send("GET /hello HTTP/1.1\r\n" + "A: b\r\n".repeat(10_000));
                assertRefused(client, 431);
            }
            try (RawClient client = RawClient.to(server)) {
                client.send("GET /hello HTTP/1.1\r\nA: " + "b".repeat(50_000));
                assertRefused(client, 431);
            }
            try (RawClient client = RawClient.to(server)) {
                client.send("GET /" + "b".repeat(50_000));
                assertRefused(client, 414);
            }
        }
    }

    private void assertChunksRefused(String chunks, int status) throws IOException {
        try (HttpServer server = start(sizes(1000, 10));
                RawClient client = RawClient.to(server)) {
            client.send(chunkedHead() + chunks);
            assertRefused(client, status);
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void trailersCountAsHeaders() throws IOException {
        assertChunksRefused("0\r\n" + "A: b\r\n".repeat(10_000) + "\r\n", 431);
    }

    @Test
    void tooLongChunkHeaderIsMalformed() throws IOException {
        assertChunksRefused("3;extension=" + "x".repeat(20_000) + "\r\nabc\r\n0\r\n\r\n", 400);
    }

    @Test
    void bodyUpToTheLimitIsAcceptedAndOneByteMoreIsNot() throws IOException {
        try (HttpServer server = start(sizes(1000, 1000))) {
            try (RawClient client = RawClient.to(server)) {
                assertThat(client.post("/count", "x".repeat(1000)).text()).isEqualTo("1000");
                assertThat(client.send(chunkedHead() + "3E8\r\n" + "x".repeat(1000) + "\r\n0\r\n\r\n")
                                .readAnswer()
                                .text())
                        .isEqualTo("1000");
                assertThat(client.post("/count", "x".repeat(1001)).status()).isEqualTo(413);
            }
            try (RawClient client = RawClient.to(server)) {
                client.send(chunkedHead() + "1F4\r\n" + "x".repeat(500) + "\r\n1F5\r\n" + "x".repeat(501) + "\r\n");
                assertRefused(client, 413);
            }
            try (RawClient client = RawClient.to(server)) {
                client.send("POST /unknown HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1F5\r\n"
                        + ("x".repeat(501) + "\r\n1F5\r\n").repeat(2));
                assertRefused(client, 413);
            }
        }
        assertThat(handled).hasValue(2);
    }

    @Test
    void bodyOverTheLimitIsRejectedBeforeItIsSent() throws IOException {
        try (HttpServer server = start(sizes(1000, 1000));
                RawClient client = RawClient.to(server)) {
            client.send("POST /count HTTP/1.1\r\nHost: test\r\nContent-Length: 999999999999999999\r\n\r\n");
            assertRefused(client, 413);
        }
    }

    @Test
    void rejectionReachesAClientThatIsStillSending() throws IOException {
        try (HttpServer server = start(sizes(1000, 1000));
                RawClient client = RawClient.to(server)) {
            // The client sends everything before it reads. A reset of the connection would lose the response.
            assertThat(client.post("/count", "x".repeat(8_000_000)).status()).isEqualTo(413);
        }
    }

    @Test
    void headThatDoesNotArriveInTimeIsRejected() throws IOException {
        try (HttpServer server = start(times(LONG, SHORT, LONG))) {
            try (RawClient silent = RawClient.to(server)) {
                assertThat(silent.isClosedByServer()).isTrue();
            }
            try (RawClient client = RawClient.to(server)) {
                client.send("GET /hello HT");
                assertRefused(client, 408);
            }
            try (RawClient client = RawClient.to(server)) {
                assertThat(client.get("/hello").status()).isEqualTo(200);
                client.send("GET /hello HTTP/1.1\r\nHost: test\r\n");
                assertRefused(client, 408);
            }
        }
    }

    @Test
    void slowlyArrivingBytesDoNotExtendTheTimeoutOfAHead() throws IOException {
        try (HttpServer server = start(times(LONG, SHORT, LONG));
                RawClient client = RawClient.to(server)) {
            client.send("GET /hello HTTP/1.1\r\nA: ");
            AtomicBoolean responded = new AtomicBoolean();
            Thread trickle = Thread.ofVirtual().start(() -> {
                try {
                    while (!responded.get()) {
                        client.send("a");
                        Thread.onSpinWait();
                    }
                } catch (IOException e) {
                    responded.set(true);
                }
            });
            try {
                assertThat(client.readAnswer().status()).isIn(408, 431);
            } finally {
                responded.set(true);
            }
            await().until(() -> !trickle.isAlive());
        }
    }

    @Test
    void bodyThatDoesNotArriveInTimeIsRejected() throws IOException {
        try (HttpServer server = start(times(SHORT, LONG, LONG))) {
            try (RawClient client = RawClient.to(server)) {
                client.send("POST /count HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\n");
                assertRefused(client, 408);
            }
            try (RawClient client = RawClient.to(server)) {
                client.send("POST /count HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nab");
                assertRefused(client, 408);
            }
            try (RawClient client = RawClient.to(server)) {
                client.send(chunkedHead() + "3\r\nabc\r\n");
                assertRefused(client, 408);
            }
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void handlerMayTakeLongerThanEveryTimeout() throws IOException {
        AtomicReference<Exchange> held = new AtomicReference<>();
        Router slow = Router.builder().route("POST", "/slow", held::set).build();
        try (HttpServer server = TestHttpServer.start(times(SHORT, SHORT, SHORT), null, slow);
                RawClient client = RawClient.to(server)) {
            client.send("POST /slow HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc");
            await().until(() -> held.get() != null);
            // Later connections reach the same timeouts, one after the other.
            for (int i = 0; i < 3; i++) {
                try (RawClient later = RawClient.to(server)) {
                    assertThat(later.isClosedByServer()).isTrue();
                }
            }

            held.get().respond(Response.text(200, "slow"));

            assertThat(client.readAnswer().text()).isEqualTo("slow");
        }
    }

    @Test
    void idleConnectionIsClosedWithoutAResponse() throws IOException {
        try (HttpServer server = start(times(LONG, LONG, SHORT));
                RawClient client = RawClient.to(server)) {
            assertThat(client.get("/hello").status()).isEqualTo(200);
            assertThat(client.isClosedByServer()).isTrue();
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void clientThatDoesNotReadItsResponseIsDisconnected() throws IOException {
        Queue<String> observed = new ConcurrentLinkedQueue<>();
        HttpServerOptions options = TestHttpServer.options(
                times(LONG, LONG, SHORT), null, request -> observed.add(request.route() + " " + request.status()));
        try (HttpServer server = HttpServer.start(options, router);
                RawClient client = RawClient.to(server)) {
            client.send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");

            await().untilAsserted(() -> assertThat(observed).containsExactly("/large 499"));
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void connectionOverTheLimitGetsRetryAfter() throws IOException {
        HttpLimits two = new HttpLimits(8192, 1000, TestHttpServer.TIMEOUTS, 0, 2);
        try (HttpServer server = start(two);
                RawClient first = RawClient.to(server);
                RawClient second = RawClient.to(server)) {
            assertThat(first.get("/hello").status()).isEqualTo(200);
            assertThat(second.get("/hello").status()).isEqualTo(200);
            try (RawClient third = RawClient.to(server)) {
                RawResponse response = third.get("/hello");
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("retry-after")).isEqualTo("1");
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(third.isClosedByServer()).isTrue();
            }
            first.disconnect();
            await().until(() -> server.openConnections() == 1);
            try (RawClient fourth = RawClient.to(server)) {
                assertThat(fourth.get("/hello").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void bodyThatDripsIsRefusedAtTheTimeLimitOfTheWholeBody() throws IOException {
        HttpLimits limits = new HttpLimits(8192, 1_000_000, new Timeouts(LONG, SHORT, LONG, LONG, LONG), 0, 100);
        try (HttpServer server = start(limits);
                RawClient client = RawClient.to(server)) {
            client.send("POST /count HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");

            await().pollInterval(Duration.ofMillis(10)).until(() -> {
                client.send("a");
                return client.hasInput();
            });

            assertRefused(client, 408);
        }
    }

    @Test
    void bodyThatDripsForLongerThanTheIdleTimeIsAccepted() throws IOException {
        HttpLimits limits = new HttpLimits(8192, 1_000_000, new Timeouts(LONG, LONG, SHORT, LONG, LONG), 0, 100);
        long end = System.nanoTime() + 3 * SHORT.toNanos();
        try (HttpServer server = start(limits);
                RawClient client = RawClient.to(server)) {
            client.send(chunkedHead());

            await().pollInterval(Duration.ofMillis(10)).until(() -> {
                client.send("1\r\na\r\n");
                return System.nanoTime() - end > 0;
            });
            client.send("0\r\n\r\n");

            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertThatThrownBy(() -> sizes(255, 0)).hasMessageContaining("headerBytes is 255");
        assertThatThrownBy(() -> sizes(256, -1)).hasMessageContaining("bodyBytes is -1");
        assertThatThrownBy(() -> new Timeouts(Duration.ZERO, LONG, LONG, LONG, LONG))
                .hasMessageContaining("timeout head is");
        assertThatThrownBy(() -> new Timeouts(LONG, Duration.ZERO, LONG, LONG, LONG))
                .hasMessageContaining("timeout body is");
        assertThatThrownBy(() -> new Timeouts(LONG, LONG, Duration.ZERO, LONG, LONG))
                .hasMessageContaining("timeout bodyIdle is");
        assertThatThrownBy(() -> new Timeouts(LONG, LONG, LONG, Duration.ZERO, LONG))
                .hasMessageContaining("timeout write is");
        assertThatThrownBy(() -> new Timeouts(LONG, LONG, LONG, LONG, Duration.ZERO))
                .hasMessageContaining("timeout idle is");
        assertThatThrownBy(() -> new HttpLimits(256, 0, TestHttpServer.TIMEOUTS, 0, 0))
                .hasMessageContaining("maxConnections");
        assertThatThrownBy(() -> new HttpLimits(256, 0, TestHttpServer.TIMEOUTS, -1, 1))
                .hasMessageContaining("minBytesPerSecond is -1");
    }

    private static String chunkedHead() {
        return "POST /count HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
    }

    private static void assertRefused(RawClient client, int status) throws IOException {
        RawResponse response = client.readAnswer();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(client.isClosedByServer()).isTrue();
    }
}
