package dev.hasten.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.Plans;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Only addresses that send wrong keys are throttled. */
@Tag("integration")
final class WrongKeysTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static Reply guess(Client guesser, Map<String, String> headers) {
        return guesser.post("/query", "{}".getBytes(UTF_8), headers);
    }

    @Test
    void addressWithTooManyWrongKeysIsRejectedAndDisconnected() {
        try (TestServer server =
                TestServer.on(POSTGRES).with("http.wrong_keys_per_minute", 3).start()) {
            Client guesser = server.clientWithKey("a-wrong-key");
            for (int i = 0; i < 3; i++) {
                assertThat(guess(guesser, Map.of()).status()).isEqualTo(401);
                // Valid keys neither reset the count nor increase it.
                assertThat(server.client().query(Plans.query("SELECT 1 AS a")).status())
                        .isEqualTo(200);
            }
            Reply reply = guess(guesser, Map.of());
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.header("retry-after")).isEqualTo("60");
            assertThat(reply.header("connection")).isEqualTo("close");
            assertThat(guesser.post("/sql", "{}").status()).isEqualTo(429);
            assertThat(server.client().query(Plans.query("SELECT 1 AS a")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void forwardedRequestsAreNotLimited() {
        try (TestServer server =
                TestServer.on(POSTGRES).with("http.wrong_keys_per_minute", 1).start()) {
            Client guesser = server.clientWithKey("a-wrong-key");
            for (int i = 0; i < 5; i++) {
                assertThat(guess(guesser, Map.of("X-Forwarded-For", "192.0.2.1"))
                                .status())
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void zeroMeansNoLimit() {
        try (TestServer server =
                TestServer.on(POSTGRES).with("http.wrong_keys_per_minute", 0).start()) {
            Client guesser = server.clientWithKey("a-wrong-key");
            for (int i = 0; i < 5; i++) {
                assertThat(guess(guesser, Map.of()).status()).isEqualTo(401);
            }
        }
    }

    @Test
    void wrongKeyIsRejectedBeforeContinue() throws IOException {
        try (TestServer server = TestServer.on(POSTGRES).start();
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.server().port())) {
            socket.getOutputStream().write("""
                            POST /query HTTP/1.1
                            Host: h
                            Authorization: Bearer wrong
                            Content-Type: application/json
                            Expect: 100-continue
                            Content-Length: 1000

                            """.replace("\n", "\r\n").getBytes(US_ASCII));
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
        }
    }
}
