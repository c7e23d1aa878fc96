package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class PipeliningTest {
    private static final Logger LOG = LoggerFactory.getLogger(PipeliningTest.class);

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final ConcurrentMap<String, Exchange> held = new ConcurrentHashMap<>();
    private final AtomicBoolean gone = new AtomicBoolean();

    @AutoClose
    private final HttpServer server = TestHttpServer.start(TestHttpServer.routes()
            .route("GET", "/now/{n}", exchange -> exchange.respond(Response.text(200, exchange.pathParameter("n"))))
            .route("GET", "/thread/{n}", this::answerFromAThread)
            .route("GET", "/held/{n}", exchange -> {
                exchange.onDisconnect(() -> gone.set(true));
                held.put(exchange.pathParameter("n"), exchange);
            })
            .build());

    private void answerFromAThread(Exchange exchange) {
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        Thread.ofVirtual().start(() -> {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1_000_000));
            running.decrementAndGet();
            exchange.respond(Response.text(200, exchange.pathParameter("n")));
        });
    }

    @Test
    void responsesAreSentInOrderFromAnyThread() throws IOException {
        int requests = 200;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            all.append(get((i % 3 == 0 ? "/now/" : "/thread/") + i));
        }
        try (RawClient client = RawClient.to(server)) {
            client.send(all.toString());

            for (int i = 0; i < requests; i++) {
                assertThat(client.readAnswer().text()).isEqualTo(Integer.toString(i));
            }
        }
        assertThat(mostRunning).hasValue(1);
    }

    @Test
    void nextRequestStartsOnlyAfterThePreviousResponse() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send(get("/held/1") + get("/held/2"));
            await().until(() -> held.containsKey("1"));
            assertThat(held).doesNotContainKey("2");

            held.get("1").respond(Response.text(200, "one"));
            assertThat(client.readAnswer().text()).isEqualTo("one");
            await().until(() -> held.containsKey("2"));
            held.get("2").respond(Response.text(200, "two"));
            assertThat(client.readAnswer().text()).isEqualTo("two");
        }
    }

    @Test
    void thousandsOfRequestsInOneWriteDoNotExhaustTheStack() throws Exception {
        int requests = 20_000;
        try (RawClient client = RawClient.to(server)) {
            String all = get("/hello").repeat(requests);
            Thread sender = Thread.ofVirtual().start(() -> sendAll(client, all));

            for (int i = 0; i < requests; i++) {
                assertThat(client.readAnswer().text()).isEqualTo("hello");
            }
            sender.join();
        }
    }

    @Test
    void inputBehindARunningRequestIsBounded() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send(get("/held/1"));
            await().until(() -> held.containsKey("1"));
            AtomicBoolean ended = new AtomicBoolean();
            // Far more than the server's 64 KB and the kernel's buffers for an unread connection.
            byte[] flood = get("/hello").repeat(2_000_000).getBytes(StandardCharsets.US_ASCII);
            Thread.ofVirtual().start(() -> {
                try {
                    client.send(flood);
                } catch (IOException e) {
                    LOG.debug("The flood ended", e);
                } finally {
                    ended.set(true);
                }
            });

            await().during(Duration.ofMillis(500)).until(() -> !ended.get());
            assertThat(gone).isFalse();
            assertThat(server.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void inputBehindARunningRequestIsNotLost() throws Exception {
        int requests = 50_000;
        try (RawClient client = RawClient.to(server)) {
            client.send(get("/held/1"));
            await().until(() -> held.containsKey("1"));
            Thread sender =
                    Thread.ofVirtual().start(() -> sendAll(client, get("/hello").repeat(requests)));
            sender.join(Duration.ofMillis(100));

            held.get("1").respond(Response.text(200, "one"));
            assertThat(client.readAnswer().text()).isEqualTo("one");
            for (int i = 0; i < requests; i++) {
                assertThat(client.readAnswer().text()).isEqualTo("hello");
            }
            sender.join();
        }
        assertThat(gone).isFalse();
    }

    @Test
    void requestsWithMuchInputBehindThemCanPauseRepeatedly() throws Exception {
        try (RawClient client = RawClient.to(server)) {
            String round = get("/held/1") + get("/hello").repeat(5_000);
            Thread sender = Thread.ofVirtual().start(() -> sendAll(client, round.repeat(5)));
            for (int i = 0; i < 5; i++) {
                await().until(() -> held.containsKey("1"));
                held.remove("1").respond(Response.text(200, "one"));
                assertThat(client.readAnswer().text()).isEqualTo("one");
                for (int n = 0; n < 5_000; n++) {
                    assertThat(client.readAnswer().text()).isEqualTo("hello");
                }
            }
            sender.join();
        }
    }

    @Test
    void pipelinedBodiesAreNotMixedUp() throws IOException {
        try (RawClient client = RawClient.to(server)) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 38\r\n\r\n" + get("/now/smuggled")
                    + "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
                    + get("/now/3"));

            assertThat(client.readAnswer().text()).isEqualTo("GET /now/smuggled HTTP/1.1\r\nHost: test");
            assertThat(client.readAnswer().status())
                    .as("the rest of the body is not a request")
                    .isEqualTo(400);
        }
    }

    private static void sendAll(RawClient client, String text) {
        try {
            client.send(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
    }
}
