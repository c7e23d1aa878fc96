package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hasten.http.RawClient.RawResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private static final String HELD = "GET /held HTTP/1.1\r\nHost: test\r\n\r\n";

    private final Queue<Exchange> held = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean gone = new AtomicBoolean();
    private final HttpServer server = TestHttpServer.start(TestHttpServer.routes()
            .route("GET", "/held", exchange -> {
                exchange.onDisconnect(() -> gone.set(true));
                held.add(exchange);
            })
            .build());

    @Test
    void drainClosesIdleConnectionsAndLetsRunningOnesFinish() throws Exception {
        try (RawClient fresh = RawClient.to(server);
                RawClient idle = RawClient.to(server);
                RawClient running = RawClient.to(server);
                RawClient sending = RawClient.to(server)) {
            assertThat(idle.get("/hello").status()).isEqualTo(200);
            sending.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(sending.readAnswer(false).status()).isEqualTo(100);
            running.send(HELD);
            await().until(() -> held.size() == 1);
            await().until(() -> server.openConnections() == 4);

            Thread drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofMinutes(5), Duration.ZERO));

            assertThat(fresh.isClosedByServer()).isTrue();
            assertThat(idle.isClosedByServer()).isTrue();
            await().until(() -> server.openConnections() == 2);
            assertThat(drain.isAlive()).isTrue();
            assertThatThrownBy(() -> RawClient.to(server)).isInstanceOf(ConnectException.class);

            RawResponse echoed = sending.send("abc").readAnswer();
            assertThat(echoed.text()).isEqualTo("abc");
            assertThat(echoed.header("connection")).isEqualTo("close");
            assertThat(sending.isClosedByServer()).isTrue();
            held.remove().respond(Response.text(200, "finished"));
            RawResponse finished = running.readAnswer();
            assertThat(finished.text()).isEqualTo("finished");
            assertThat(finished.header("connection")).isEqualTo("close");
            assertThat(running.isClosedByServer()).isTrue();
            drain.join();
            assertThat(server.openConnections()).isZero();
        } finally {
            server.close();
        }
        assertThat(gone).isFalse();
    }

    @Test
    void requestThatIsOnItsWayIsServedWithinTheGracePeriod() throws Exception {
        try (RawClient fresh = RawClient.to(server);
                RawClient idle = RawClient.to(server);
                RawClient silent = RawClient.to(server)) {
            assertThat(idle.get("/hello").status()).isEqualTo(200);
            await().until(() -> server.openConnections() == 3);
            Thread drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofMinutes(5), Duration.ofSeconds(2)));
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> RawClient.to(server).close()).isInstanceOf(ConnectException.class));
            for (RawClient client : List.of(fresh, idle)) {
                RawResponse response = client.get("/hello");
                assertThat(response.text()).isEqualTo("hello");
                assertThat(response.header("connection")).isEqualTo("close");
            }
            assertThat(silent.isClosedByServer()).isTrue();
            drain.join();
        } finally {
            server.close();
        }
    }

    @Test
    void noRequestFailsWhileTheListenerIsClosed() throws Exception {
        AtomicInteger served = new AtomicInteger();
        AtomicReference<Exception> failure = new AtomicReference<>();
        List<Thread> clients = IntStream.range(0, 8)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                    try {
                        while (true) {
                            try (RawClient client = RawClient.to(server)) {
                                assertThat(client.get("/hello").text()).isEqualTo("hello");
                                served.incrementAndGet();
                            }
                        }
                    } catch (ConnectException e) {
                        // The listener is closed.
                    } catch (Exception e) {
                        failure.set(e);
                    }
                }))
                .toList();
        await().until(() -> served.get() > 1000);
        server.drain(Duration.ofMinutes(5), Duration.ofMillis(500));
        for (Thread client : clients) {
            client.join();
        }
        server.close();
        assertThat(failure.get()).isNull();
    }

    @Test
    void drainEndsAtItsDeadlineAndCloseEndsTheRest() throws IOException {
        try (RawClient running = RawClient.to(server)) {
            running.send(HELD);
            await().until(() -> held.size() == 1);

            server.drain(TestHttpServer.SHORT, Duration.ZERO);
            assertThat(server.openConnections()).isEqualTo(1);
            assertThat(gone).isFalse();

            server.close();
            assertThat(running.isClosedByServer()).isTrue();
            assertThat(gone).isTrue();
            held.remove().respond(Response.text(200, "too late"));
        }
    }

    @Test
    void responseAfterCloseIsDropped() throws IOException {
        try (RawClient running = RawClient.to(server)) {
            running.send(HELD);
            await().until(() -> held.size() == 1);
            Exchange exchange = held.remove();
            server.close();

            exchange.respond(Response.text(200, "too late"));

            assertThat(running.isClosedByServer()).isTrue();
        }
    }

    @Test
    void addressInUseIsReported() {
        HttpServerOptions same = named("second", server.port());
        try (server) {
            assertThatThrownBy(
                            () -> HttpServer.start(same, TestHttpServer.routes().build()))
                    .isInstanceOf(HttpServerException.class)
                    .hasMessageContaining("Cannot listen on 127.0.0.1:" + server.port());
        }
    }

    private static HttpServerOptions named(String name, int port) {
        HttpServerOptions options = TestHttpServer.options(TestHttpServer.LIMITS, null);
        return new HttpServerOptions(
                name,
                new HttpServerOptions.Address("127.0.0.1", port),
                options.limits(),
                null,
                TrustedProxies.NONE,
                1,
                options.memory(),
                options.callbacks());
    }

    @Test
    void portOutOfRangeIsRefused() {
        server.close();
        assertThatThrownBy(() -> named("a", 65_536)).hasMessageContaining("port is 65536");
    }
}
