package dev.hasten.server;

import static dev.hasten.testing.Plans.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients may compress request bodies with gzip. */
@Tag("integration")
final class CompressedBodyTest {
    private static final String BODY = Client.body(query("SELECT 42 AS \"n\""), Map.of());

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("http.max_body_bytes", "100kb");

    private static Reply send(String encoding, byte[] body, String... headers) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("content-encoding", encoding));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return SERVER.client().post("/query", body, all);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String padded(int length) {
        return BODY + " ".repeat(length - BODY.length());
    }

    @ParameterizedTest
    @CsvSource({"gzip", "GZIP", "x-gzip"})
    void aCompressedBodyIsInflated(String encoding) {
        Reply reply = send(encoding, gzip(BODY));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.data()).isEqualTo("[{\"n\":42}]");
    }

    @Test
    void theIdentityEncodingIsNone() {
        assertThat(send("identity", BODY.getBytes(UTF_8)).status()).isEqualTo(200);
        assertThat(send("gzip", new byte[0]).status()).isEqualTo(400);
    }

    @Test
    void aCompressedBodySharesTheEntryOfThePlainOne() {
        assertThat(send("gzip", gzip(BODY), "cache-control", "max-age=60").cacheStatus())
                .isEqualTo("miss");
        assertThat(send("identity", BODY.getBytes(UTF_8), "cache-control", "max-age=60")
                        .cacheStatus())
                .isEqualTo("ttl");
    }

    @ParameterizedTest
    @CsvSource({"br", "deflate", "'gzip, gzip'", "zstd"})
    void anotherEncodingIsRefused(String encoding) {
        Reply reply = send(encoding, BODY.getBytes(UTF_8));
        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.toString())
                .contains("Unsupported Content-Encoding: send the body with gzip, or without an encoding");
    }

    @Test
    void aBodyThatIsNotValidGzipIsRefused() {
        byte[] whole = gzip(BODY);
        byte[] changed = whole.clone();
        changed[whole.length - 8] ^= 1;
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 4_000; i++) {
            many.writeBytes(gzip(""));
        }
        many.writeBytes(whole);
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        for (byte[] wrong : new byte[][] {
            BODY.getBytes(UTF_8), Arrays.copyOf(whole, whole.length - 10), changed, longer, many.toByteArray()
        }) {
            Reply reply = send("gzip", wrong);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.toString()).contains("The request body is not valid gzip");
        }
    }

    @Test
    void theLimitAppliesToTheInflatedBody() {
        assertThat(send("gzip", gzip(padded(100 << 10))).status()).isEqualTo(200);
        for (int length : new int[] {(100 << 10) + 1, 64 << 20}) {
            Reply reply = send("gzip", gzip(padded(length)));
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.toString()).contains("larger than the limit of 102400 bytes (http.max_body_bytes)");
        }
    }

    @Test
    void theInflatedBodyCountsAsMemoryOfRequests() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("memory.budget", "16mb")
                .with("http.max_body_bytes", "64mb")
                .start()) {
            Reply reply = server.client().post("/query", gzip(padded(60 << 20)), Map.of("content-encoding", "gzip"));
            assertThat(reply.status()).isIn(429, 503);
            assertThat(reply.toString()).contains("memory.budget");
            await().untilAsserted(() -> assertThat(server.server().metrics().scrape())
                    .contains("hasten_memory_used_bytes{use=\"requests\"} 0"));
        }
    }

    @Test
    void aWrongKeyIsRefusedBeforeAnythingIsInflated() {
        assertThat(SERVER.client()
                        .post(
                                "/query",
                                gzip(padded(64 << 20)),
                                Map.of("content-encoding", "gzip", "authorization", "Bearer wrong"))
                        .status())
                .isEqualTo(401);
    }
}
