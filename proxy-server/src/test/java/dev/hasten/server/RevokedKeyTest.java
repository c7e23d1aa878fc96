package dev.hasten.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.auth.CreatedKey;
import dev.hasten.config.KeyScope;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A key can be revoked after the head of a request was accepted and before its body has arrived. */
@Tag("integration")
final class RevokedKeyTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static String statusAfter(Revocation meanwhile) throws IOException {
        try (TestServer server = TestServer.on(POSTGRES).start()) {
            CreatedKey key = server.server().keys().create("slow", "default", KeyScope.DEFAULT, null);
            String body = "{\"tags\":\"all\"}";
            String head = "POST /invalidate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer " + key.token() + "\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n";
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), server.server().port())) {
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(US_ASCII));
                // The server has accepted the head.
                assertThat(in.readLine()).isEqualTo("HTTP/1.1 100 Continue");
                assertThat(in.readLine()).isEmpty();
                meanwhile.run(server, key);
                out.write(body.getBytes(US_ASCII));
                return in.readLine();
            }
        }
    }

    @FunctionalInterface
    private interface Revocation {
        void run(TestServer server, CreatedKey key);
    }

    @Test
    void aKeyRevokedWhileTheBodyArrivesIsRejected() throws IOException {
        assertThat(statusAfter(
                        (server, key) -> server.server().keys().revoke(key.key().id())))
                .isEqualTo("HTTP/1.1 401 Unauthorized");
    }

    @Test
    void changesOfOtherKeysHaveNoEffect() throws IOException {
        assertThat(statusAfter(
                        (server, _) -> server.server().keys().create("other", "default", KeyScope.DEFAULT, null)))
                .isEqualTo("HTTP/1.1 200 OK");
    }
}
