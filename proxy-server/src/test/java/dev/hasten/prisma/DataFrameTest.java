package dev.hasten.prisma;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import org.junit.jupiter.api.Test;

/** The data of a response are framed without a copy, and the frame does not count towards the size limit. */
final class DataFrameTest {
    private static final byte[] EXTENSIONS = "{\"logs\":[]}".getBytes(UTF_8);

    @Test
    void dataGetAFrame() {
        assertThat(DataFrame.close(JsonBuffer.of("[1]".getBytes(UTF_8)), null)).hasToString("{\"data\":[1]}");
        assertThat(DataFrame.close(JsonBuffer.of("[1]".getBytes(UTF_8)), EXTENSIONS))
                .hasToString("{\"data\":[1],\"extensions\":{\"logs\":[]}}");
    }

    @Test
    void dataGetANamedFrame() {
        assertThat(DataFrame.close("findManyItem", JsonBuffer.of("[1]".getBytes(UTF_8)), null))
                .hasToString("{\"data\":{\"findManyItem\":[1]}}");
        assertThat(DataFrame.close("findManyItem", JsonBuffer.of("[1]".getBytes(UTF_8)), EXTENSIONS))
                .hasToString("{\"data\":{\"findManyItem\":[1]},\"extensions\":{\"logs\":[]}}");
    }

    @Test
    void headroomIsExactlyUsedUp() {
        JsonBuffer data = new JsonBuffer(1000, DataFrame.HEADROOM, new Cancellation()).ascii("[1]");
        int before = data.size();
        JsonBuffer framed = DataFrame.close(data, null);
        assertThat(framed).isSameAs(data);
        assertThat(framed.size()).isEqualTo(before + "}".length());
        assertThat(new String(framed.array(), 0, framed.size(), UTF_8)).isEqualTo("{\"data\":[1]}");
    }

    @Test
    void dataAtTheLimitGetTheirFrame() {
        String data = "\"" + "x".repeat(1998) + "\"";
        JsonBuffer limited = new JsonBuffer(2000, DataFrame.HEADROOM, new Cancellation()).ascii(data);
        assertThat(DataFrame.close("findManyItem", limited, EXTENSIONS))
                .hasToString("{\"data\":{\"findManyItem\":" + data + "},\"extensions\":{\"logs\":[]}}");
    }
}
