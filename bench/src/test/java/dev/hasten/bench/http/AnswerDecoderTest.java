package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerDecoderTest {
    private final Response response = new Response();
    private final AnswerDecoder decoder = new AnswerDecoder(response);

    /** Decodes the responses in a text that arrives in pieces of the given number of bytes. */
    private List<String> decode(String text, int piece) {
        List<String> responses = new ArrayList<>();
        byte[] bytes = text.getBytes(UTF_8);
        for (int from = 0; from < bytes.length; from += piece) {
            ByteBuf in = Unpooled.wrappedBuffer(bytes, from, Math.min(piece, bytes.length - from));
            while (decoder.read(in)) {
                responses.add(response.status() + " " + response.cacheStatus() + " " + response.errorCode() + " "
                        + response.bodyLength() + " " + response.start() + (response.closes() ? " closes" : ""));
            }
            assertThat(in.isReadable()).isFalse();
        }
        return responses;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 10_000})
    void responsesAreDecodedHoweverTheyAreSplit(int piece) {
        String text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nAccelerate-Cache-Status: swr\r\nage: 1\r\n\r\nhello"
                + "HTTP/1.1 422 Unprocessable Entity\r\nprisma-error-code: P2024\r\ncontent-length: 2\r\n\r\n{}"
                + "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, it is me\r\n0\r\n\r\n"
                + "HTTP/1.1 100 Continue\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"
                + "HTTP/1.1 200 OK\r\ncontent-length: 0\r\naccelerate-cache-status: miss\r\n\r\n";

        assertThat(decode(text, piece))
                .containsExactly(
                        "200 SWR  5 hello",
                        "422 ABSENT P2024 2 {}",
                        "200 ABSENT  15 hello, it is me",
                        "204 ABSENT  0  closes",
                        "200 MISS  0 ");
    }

    @Test
    void onlyTheStartOfALongBodyIsKept() {
        String body = "x".repeat(100_000);
        assertThat(decode("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + body, 8192))
                .containsExactly("200 ABSENT  100000 " + "x".repeat(256));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n"
            })
    void malformedResponsesAreRejected(String text) {
        assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> decode(text, 1000));
    }
}
