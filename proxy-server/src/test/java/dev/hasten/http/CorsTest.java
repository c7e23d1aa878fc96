package dev.hasten.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Browser pages may use SQL over HTTP only if the operator allows it. */
@Tag("integration")
final class CorsTest {
    private static final String ALLOW_ORIGIN = "access-control-allow-origin";
    private static final byte[] BODY = "{\"query\":\"SELECT 1\"}".getBytes(UTF_8);

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static TestServer server(String origins) {
        return TestServer.on(POSTGRES)
                .with("http.cors_origins", origins)
                .with("http.max_body_bytes", "1kb")
                .start();
    }

    @Test
    void itIsOffByDefault() {
        try (TestServer server = TestServer.on(POSTGRES).start()) {
            assertThat(server.client().call("OPTIONS", "/sql", "").status()).isEqualTo(405);
            Reply reply = server.client().post("/sql", BODY, Map.of("Origin", "https://a.example"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header(ALLOW_ORIGIN)).isNull();
        }
    }

    @Test
    void allowedOriginsCanReadResponsesAndErrors() {
        try (TestServer server = server("https://a.example,http://localhost:3000")) {
            Map<String, String> allowed = Map.of("Origin", "http://localhost:3000");
            Reply response = server.client().post("/sql", BODY, allowed);
            assertThat(response.header(ALLOW_ORIGIN)).isEqualTo("http://localhost:3000");
            assertThat(response.header("access-control-expose-headers")).isEqualTo("*");
            assertThat(response.header("vary")).isEqualTo("Origin");
            Reply wrongKey = server.clientWithKey("x").post("/sql", BODY, allowed);
            assertThat(wrongKey.status()).isEqualTo(401);
            assertThat(wrongKey.header(ALLOW_ORIGIN)).isEqualTo("http://localhost:3000");
            Reply tooLarge = server.client().post("/sql", new byte[5000], allowed);
            assertThat(tooLarge.status()).isEqualTo(413);
            assertThat(tooLarge.header(ALLOW_ORIGIN)).isEqualTo("http://localhost:3000");
            Reply other = server.client().post("/sql", BODY, Map.of("Origin", "https://b.example"));
            assertThat(other.header(ALLOW_ORIGIN)).isNull();
        }
    }

    @Test
    void aPreflightNeedsNoKey() {
        try (TestServer server = server("*")) {
            Reply reply = server.clientWithKey("x").call("OPTIONS", "/sql", "");
            assertThat(reply.status()).isEqualTo(204);
            assertThat(reply.header(ALLOW_ORIGIN)).isEqualTo("*");
            assertThat(reply.header("access-control-allow-methods")).isEqualTo("POST");
            assertThat(reply.header("access-control-allow-headers"))
                    .contains("Authorization", "Neon-Connection-String", "Neon-Raw-Text-Output", "Cache-Control");
        }
    }
}
