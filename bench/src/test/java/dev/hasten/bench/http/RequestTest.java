package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class RequestTest {
    private static final Target TARGET = new Target("localhost", 4466, null, "secret");

    private static String text(Request request, Values values) {
        ByteBuf bytes = request.encode(UnpooledByteBufAllocator.DEFAULT, values);
        try {
            return bytes.toString(UTF_8);
        } finally {
            bytes.release();
        }
    }

    @Test
    void slotsAreFilledAndTheLengthMatchesTheFilledBody() {
        Values values = new Values();
        values.set(Slot.ID, 1000);
        values.set(Slot.NUMBER, 0);
        values.setTransaction("abc-1");

        String text = text(
                Request.of(TARGET, "/transaction/@TRANSACTION/query", "{\"id\":@ID,\"n\":@NUMBER,\"at\":\"@other\"}"),
                values);

        assertThat(text)
                .startsWith("POST /transaction/abc-1/query HTTP/1.1\r\nhost: localhost:4466\r\n")
                .contains("\r\nauthorization: Bearer secret\r\n")
                .endsWith("\r\ncontent-length: 31\r\n\r\n{\"id\":1000,\"n\":0,\"at\":\"@other\"}");
    }

    @Test
    void theKeyIsNotShown() {
        assertThat(TARGET).hasToString("http://localhost:4466");
    }
}
