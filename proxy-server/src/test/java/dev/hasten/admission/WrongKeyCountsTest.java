package dev.hasten.admission;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.http.HttpLimits;
import dev.hasten.http.HttpServer;
import dev.hasten.http.HttpServerOptions;
import dev.hasten.http.RequestObserver;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.http.TrustedProxies;
import dev.hasten.memory.MemoryBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests without a valid key are counted by address for a minute. Clients have addresses such as 127.0.0.2. */
final class WrongKeyCountsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final AtomicReference<WrongKeys> COUNTS = new AtomicReference<>();

    /** A proxy that is trusted to report the addresses of its clients. */
    private static final TrustedProxies PROXIES = new TrustedProxies(InetAddress.ofLiteral("127.0.0.9")::equals, false);

    private static HttpServer server;
    /** A server whose proxies are listed. */
    private static HttpServer behindProxies;

    private final AtomicLong nanos = new AtomicLong();

    @BeforeAll
    static void start() {
        server = start(TrustedProxies.NONE);
        behindProxies = start(PROXIES);
    }

    private static HttpServer start(TrustedProxies proxies) {
        return HttpServer.start(
                new HttpServerOptions(
                        "test",
                        new HttpServerOptions.Address("127.0.0.1", 0),
                        new HttpLimits(8192, 8192, new HttpLimits.Timeouts(LONG, LONG, LONG, LONG, LONG), 0, 100),
                        null,
                        proxies,
                        1,
                        MemoryBudget.unlimited(),
                        new HttpServerOptions.Callbacks(
                                (status, _, _) -> Response.empty(status), RequestObserver.none())),
                Router.builder()
                        .route(
                                "GET",
                                "/",
                                exchange -> exchange.respond(Response.text(
                                        200, String.valueOf(COUNTS.get().isSurplus(exchange)))))
                        .build());
    }

    @AfterAll
    static void stop() {
        server.close();
        behindProxies.close();
    }

    private WrongKeys counts(int perMinute, int addresses) {
        WrongKeys counts = new WrongKeys(perMinute, addresses, nanos::get);
        COUNTS.set(counts);
        return counts;
    }

    private static boolean isSurplus(String address) throws IOException {
        return isSurplus(address, "");
    }

    /** Sends a request without a valid key from an address. */
    private static boolean isSurplus(String address, String header) throws IOException {
        return isSurplus(server, address, header);
    }

    private static boolean isSurplus(HttpServer asked, String address, String header) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.ofLiteral("127.0.0.1"), asked.port(), InetAddress.ofLiteral(address), 0)) {
            String request = "GET / HTTP/1.1\r\nHost: x\r\n" + header + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            String response = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertThat(response).startsWith("HTTP/1.1 200 ");
            return response.endsWith("true");
        }
    }

    @Test
    void requestsBeyondTheLimitAreSurplus() throws IOException {
        WrongKeys counts = counts(2, 10);
        assertThat(isSurplus("127.0.0.2")).isFalse();
        assertThat(isSurplus("127.0.0.2")).isFalse();
        assertThat(isSurplus("127.0.0.2")).isTrue();
        assertThat(isSurplus("127.0.0.3")).as("another address").isFalse();
        assertThat(counts.refused()).isEqualTo(4);
        assertThat(counts.throttled()).isEqualTo(1);
        assertThat(counts.addresses()).isEqualTo(2);
    }

    @Test
    void minuteBeginsWithTheFirstRequest() throws IOException {
        WrongKeys counts = counts(1, 10);
        assertThat(isSurplus("127.0.0.2")).isFalse();
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(isSurplus("127.0.0.2")).isTrue();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(isSurplus("127.0.0.2")).isFalse();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(counts.addresses()).isZero();
    }

    @Test
    void limitOfZeroIsNoLimit() throws IOException {
        WrongKeys counts = counts(0, 10);
        for (int i = 0; i < 5; i++) {
            assertThat(isSurplus("127.0.0.2")).isFalse();
        }
        assertThat(counts.refused()).isEqualTo(5);
        assertThat(counts.addresses()).isZero();
    }

    @Test
    void trustedProxyReportsTheAddressesOfItsClients() throws IOException {
        counts(1, 10);
        String forged = "X-Forwarded-For: 203.0.113.99, 203.0.113.1\r\n";
        assertThat(isSurplus(behindProxies, "127.0.0.9", forged)).isFalse();
        assertThat(isSurplus(behindProxies, "127.0.0.9", "X-Forwarded-For: 203.0.113.2\r\n"))
                .isFalse();
        assertThat(isSurplus(behindProxies, "127.0.0.9", "X-Forwarded-For: 203.0.113.1\r\n"))
                .isTrue();
        assertThat(isSurplus(behindProxies, "127.0.0.9", forged)).isTrue();
        assertThat(isSurplus(behindProxies, "127.0.0.9", "")).isFalse();
        assertThat(isSurplus(behindProxies, "127.0.0.9", ""))
                .as("the proxy reports no client, so its own address counts")
                .isTrue();
        String header = "X-Forwarded-For: 203.0.113.1\r\n";
        assertThat(isSurplus(behindProxies, "127.0.0.8", header)).isFalse();
        assertThat(isSurplus(behindProxies, "127.0.0.8", header))
                .as("an address that is not listed is that of a client")
                .isTrue();
    }

    /** All clients of a proxy have its address. */
    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy"})
    void requestsThroughAPrivateProxyAreNotLimited(String header) throws IOException {
        WrongKeys counts = counts(1, 10);
        for (int i = 0; i < 3; i++) {
            assertThat(isSurplus("127.0.0.2", header + "\r\n")).isFalse();
        }
        assertThat(counts.refused()).isEqualTo(3);
        assertThat(counts.throttled()).isZero();
    }

    @Test
    void numberOfTrackedAddressesIsLimited() throws IOException {
        WrongKeys counts = counts(5, 3);
        for (int i = 2; i < 22; i++) {
            assertThat(isSurplus("127.0.0." + i)).isFalse();
        }
        assertThat(counts.addresses()).isEqualTo(3);
        assertThat(counts.refused()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "10.1.2.3, true",
        "172.16.0.1, true",
        "192.168.1.1, true",
        "169.254.1.1, true",
        "::1, true",
        "fe80::1, true",
        "fc00::1, true",
        "fdff::1, true",
        "fb00::1, false",
        "fe00::1, false",
        "2001:db8::1, false",
        "172.32.0.1, false",
        "192.0.2.1, false",
        "252.0.0.1, false",
    })
    void onlyPrivateAddressesCanBeThoseOfAProxy(String address, boolean isPrivate) {
        assertThat(WrongKeys.isPrivate(InetAddress.ofLiteral(address))).isEqualTo(isPrivate);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    })
    void addressesOfOneIpv6NetworkAreCountedTogether(String one, String other, boolean together) {
        assertThat(WrongKeys.network(InetAddress.ofLiteral(one))
                        .equals(WrongKeys.network(InetAddress.ofLiteral(other))))
                .isEqualTo(together);
    }
}
