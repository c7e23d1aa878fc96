package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    private final Values values = new Values();

    private Response respond(String status, String headers, String body) {
        Response response = new Response();
        String text = "HTTP/1.1 " + status + "\r\n" + headers + "content-length: " + body.length() + "\r\n\r\n" + body;
        assertThat(new AnswerDecoder(response).read(Unpooled.copiedBuffer(text, UTF_8)))
                .isTrue();
        return response;
    }

    @Test
    void aResponseForAnotherIdIsWrong() {
        Expectation user = Expectation.of("{\"data\":{\"id\":@ID,", 10, 100);
        values.set(Slot.ID, 42);

        assertThat(user.complaint(respond("200 OK", "", "{\"data\":{\"id\":42,\"name\":\"a\"}}"), values))
                .isNull();
        assertThat(user.complaint(respond("200 OK", "", "{\"data\":{\"id\":421,\"name\":\"a\"}}"), values))
                .isEqualTo("200, but with an unexpected body");
        assertThat(user.complaint(respond("200 OK", "", "{\"data\":null}"), values))
                .isEqualTo("200, but with an unexpected body");
    }

    @Test
    void lengthStatusAndCacheStatusAreChecked() {
        Expectation cached = Expectation.of("{", 2, 3).with(CacheStatus.TTL, CacheStatus.MISS);

        assertThat(cached.complaint(respond("200 OK", "accelerate-cache-status: ttl\r\n", "{}"), values))
                .isNull();
        assertThat(cached.complaint(respond("200 OK", "accelerate-cache-status: ttl\r\n", "{}    "), values))
                .isEqualTo("200, but too long");
        assertThat(cached.complaint(respond("200 OK", "accelerate-cache-status: swr\r\n", "{}"), values))
                .isEqualTo("200, but with accelerate-cache-status swr");
        assertThat(cached.complaint(respond("200 OK", "", "{}"), values))
                .isEqualTo("200, but without accelerate-cache-status");
        assertThat(cached.complaint(respond("400 Bad Request", "prisma-error-code: P2010\r\n", "{}"), values))
                .isEqualTo("400 P2010");
        assertThat(cached.complaint(respond("502 Bad Gateway", "", "{}"), values))
                .isEqualTo("502");
    }
}
