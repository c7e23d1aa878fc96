package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disconnect during a request is detected: with plain HTTP and TLS, epoll and NIO, for every kind of disconnect. */
class DisconnectTest {
    private static final String REQUEST = "GET /held HTTP/1.1\r\nHost: test\r\n\r\n";

    @TempDir
    Path directory;

    private final Queue<Exchange> held = new ConcurrentLinkedQueue<>();
    private final AtomicInteger gone = new AtomicInteger();
    private final Queue<Integer> observed = new ConcurrentLinkedQueue<>();
    private final Router router = TestHttpServer.routes()
            .route("GET", "/held", exchange -> {
                exchange.onDisconnect(gone::incrementAndGet);
                held.add(exchange);
            })
            .build();

    enum Leaving {
        CLOSE,
        RESET,
        HALF_CLOSE;

        void leave(RawClient client) throws IOException {
            switch (this) {
                case CLOSE -> client.disconnect();
                case RESET -> client.reset();
                case HALF_CLOSE -> client.closeSendingHalf();
            }
        }
    }

    @Test
    void nativeTransportIsAvailable() {
        assertThat(Epoll.unavailabilityCause()).isNull();
        assertThat(Transport.best()).isEqualTo(Transport.EPOLL);
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void disconnectOfAPlainClientIsDetected(Leaving leaving) throws IOException {
        for (Transport transport : Transport.values()) {
            gone.set(0);
            held.clear();
            try (HttpServer server = start(transport, null);
                    RawClient client = RawClient.to(server)) {
                leaveWhileRunning(client, leaving);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void disconnectOfATlsClientIsDetected(Leaving leaving) throws Exception {
        DevCertificates certificates = DevCertificates.ensure(directory);
        for (Transport transport : Transport.values()) {
            gone.set(0);
            held.clear();
            try (HttpServer server = start(transport, certificates.context());
                    RawClient client = TlsClients.raw(server, certificates.caPem())) {
                leaveWhileRunning(client, leaving);
            }
        }
    }

    private void leaveWhileRunning(RawClient client, Leaving leaving) throws IOException {
        client.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(200);
        client.send(REQUEST);
        await().until(() -> held.size() == 1);

        leaving.leave(client);

        await().untilAtomic(gone, is(1));
        Exchange exchange = held.remove();
        exchange.respond(Response.text(200, "too late"));
        AtomicInteger later = new AtomicInteger();
        exchange.onDisconnect(later::incrementAndGet);
        assertThat(gone).hasValue(1);
        await().untilAsserted(() -> assertThat(observed).contains(RequestObserver.CLIENT_GONE));
    }

    @Test
    void actionAddedAfterTheDisconnectRunsAtOnce() throws IOException {
        try (HttpServer server = start(Transport.best(), null);
                RawClient client = RawClient.to(server)) {
            client.send(REQUEST);
            await().until(() -> held.size() == 1);
            client.disconnect();
            await().untilAtomic(gone, is(1));

            held.remove().onDisconnect(gone::incrementAndGet);

            assertThat(gone).hasValue(2);
        }
    }

    @Test
    void everyActionRunsEvenIfOneFails() throws IOException {
        try (HttpServer server = start(Transport.best(), null);
                RawClient client = RawClient.to(server)) {
            client.send(REQUEST);
            await().until(() -> held.size() == 1);
            held.element().onDisconnect(() -> {
                throw new IllegalStateException("action");
            });
            held.element().onDisconnect(gone::incrementAndGet);

            client.disconnect();

            await().untilAtomic(gone, is(2));
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void disconnectIsDetectedBehindMoreRequestsThanAreReadAhead(Leaving leaving) throws Exception {
        DevCertificates certificates = DevCertificates.ensure(directory);
        for (boolean tls : new boolean[] {false, true}) {
            gone.set(0);
            held.clear();
            try (HttpServer server = start(Transport.EPOLL, tls ? certificates.context() : null);
                    RawClient client = tls ? TlsClients.raw(server, certificates.caPem()) : RawClient.to(server)) {
                // Much more would not fit into the kernel's buffer, so the end of the stream could not arrive.
                client.send(REQUEST.repeat((RequestDecoder.READ_AHEAD + 16 * 1024) / REQUEST.length()));
                await().until(() -> held.size() == 1);

                leaving.leave(client);

                await().untilAtomic(gone, is(1));
                await().until(() -> server.openConnections() == 0);
                assertThat(held).hasSize(1);
            }
        }
    }

    @Test
    void disconnectAfterTheResponseRunsNoAction() throws IOException {
        try (HttpServer server = start(Transport.best(), null);
                RawClient client = RawClient.to(server)) {
            client.send(REQUEST);
            await().until(() -> held.size() == 1);
            held.element().respond(Response.text(200, "done"));
            assertThat(client.readAnswer().text()).isEqualTo("done");

            client.disconnect();

            await().until(() -> server.openConnections() == 0);
            assertThat(gone).hasValue(0);
            assertThat(observed).containsExactly(200);
        }
    }

    @Test
    void disconnectInTheMiddleOfABodyIsObserved() throws IOException {
        try (HttpServer server = start(Transport.best(), null);
                RawClient client = RawClient.to(server)) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nabc");
            client.disconnect();

            await().untilAsserted(() -> assertThat(observed).containsExactly(RequestObserver.CLIENT_GONE));
        }
    }

    private HttpServer start(Transport transport, @Nullable SslContext tls) {
        observed.clear();
        HttpServerOptions options =
                TestHttpServer.options(TestHttpServer.LIMITS, tls, request -> observed.add(request.status()));
        return HttpServer.start(options, router, transport);
    }
}
