package dev.hasten.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.ApiError;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** JSON is written as JSON.stringify writes it, within the limit, and with its memory counted. */
final class JsonBufferTest {

    private static JsonBuffer buffer() {
        return JsonBuffer.intermediate(_ -> {});
    }

    private static JsonBuffer limited(long limit, int headroom) {
        return new JsonBuffer(limit, headroom, new Cancellation());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "``, \"\"",
                "a, \"a\"",
                "\", \"\\\"\"",
                "\\, \"\\\\\"",
                "/, \"/\"",
                "a\"b\\c, \"a\\\"b\\\\c\"",
                "\u00e4\u20ac\ud83d\ude00, \"\u00e4\u20ac\ud83d\ude00\"",
                "`\u2028`, \"\u2028\"",
                "\u007f, \"\u007f\""
            })
    void onlyCharactersThatNeedItAreEscaped(String text, String json) {
        assertThat(buffer().string(text)).hasToString(json);
        assertThat(JsonBuffer.literal(text)).asString(UTF_8).isEqualTo(json);
    }

    @Test
    void controlCharactersAreEscapedAsInJavaScript() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x20; c++) {
            all.append(c);
        }
        assertThat(buffer().string(all.toString()))
                .hasToString(
                        "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
                                + "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\"");
    }

    @Test
    void everyCharacterSurvivesARoundTrip() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 97) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                all.appendCodePoint(c);
            }
        }
        String json = buffer().string(all.toString()).toString();
        assertThat(JsonMapper.shared().readValue(json, String.class)).isEqualTo(all.toString());
    }

    @Test
    void piecesAreAppendedInOrder() {
        JsonBuffer out = buffer().raw('[').ascii("1").raw(',').nullValue().raw(",2]".getBytes(UTF_8));
        assertThat(out).hasToString("[1,null,2]");
        assertThat(out.json()).asString(UTF_8).isEqualTo("[1,null,2]");
        JsonBuffer target = buffer().ascii("x=");
        out.copyTo(target);
        assertThat(target).hasToString("x=[1,null,2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "ff", "0a1b", "0A1B2c", "00112233", "fffefdfcfb", "deadbeef00ff"})
    void byteaBecomesBase64(String hex) {
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
        assertThat(buffer().base64OfHex(("\\x" + hex).getBytes(UTF_8))).hasToString("\"" + base64 + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\\", "x0a", "ax00", "\\\\000", "0a1b"})
    void byteaInAnotherFormatIsRejected(String text) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> buffer().base64OfHex(text.getBytes(UTF_8)));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P2023");
        assertThat(error.text()).isEqualTo("Expected bytea in hexadecimal form: set bytea_output to hex");
    }

    @Test
    void prefixFillsTheHeadroomWithoutACopy() {
        JsonBuffer out = limited(1000, 5).ascii("[1]");
        assertThat(out).hasToString("[1]");
        assertThat(out.size()).isEqualTo(8);
        assertThatThrownBy(out::array).isInstanceOf(IllegalStateException.class);
        out.prepend("12345".getBytes(UTF_8));
        assertThat(out.size()).isEqualTo(8);
        assertThat(new String(out.array(), 0, out.size(), UTF_8)).isEqualTo("12345[1]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 6, 700})
    void prefixOfAnyLengthIsPutBeforeTheJson(int headroom) {
        assertThat(limited(10_000, headroom).ascii("[1]").prepend("12345".getBytes(UTF_8)))
                .hasToString("12345[1]");
        String prefix = "x".repeat(2000);
        assertThat(limited(10_000, headroom).ascii("[1]").prepend(prefix.getBytes(UTF_8)))
                .hasToString(prefix + "[1]");
    }

    /** Small limits have no effect below the initial size of a buffer, so the limits here are larger. */
    @Test
    void limitIsExact() {
        String most = "x".repeat(2000);
        assertThat(limited(2000, 10).ascii(most)).hasToString(most);
        JsonBuffer full = limited(2000, 10).ascii(most);
        ApiError error = catchThrowableOfType(ApiError.class, () -> full.raw('x'));
        assertThat(error.status()).isEqualTo(422);
        assertThat(error.code()).isEqualTo("P6009");
        assertThat(error.text()).contains("the response is larger than the limit of 2000 bytes");
        assertThat(full.withoutLimit().raw('x')).hasToString(most + "x");
    }

    @Test
    void everyWayToWriteIsLimited() {
        byte[] large = "\"".repeat(1100).getBytes(UTF_8);
        for (Runnable write : List.<Runnable>of(
                () -> limited(2000, 0).raw(new byte[2001]),
                () -> limited(2000, 0).ascii("x".repeat(2001)),
                () -> limited(2000, 0).string("x".repeat(2000)),
                () -> limited(2000, 0).string(large),
                () -> limited(2000, 0).base64OfHex(("\\x" + "00".repeat(1600)).getBytes(UTF_8)),
                () -> JsonBuffer.of(new byte[2001]).copyTo(limited(2000, 0)))) {
            assertThat(catchThrowableOfType(ApiError.class, write::run))
                    .extracting(ApiError::code)
                    .isEqualTo("P6009");
        }
    }

    @Test
    void growthIsReservedAndGivenBack() {
        Reservation memory = MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, "");
        JsonBuffer out = new JsonBuffer(1 << 20, 0, new Cancellation(memory));
        assertThat(memory.heldBytes(MemoryUse.RESPONSES)).isZero();
        for (int i = 0; i < 100_000; i++) {
            out.raw('x');
        }
        assertThat(memory.heldBytes(MemoryUse.RESPONSES)).isEqualTo(out.array().length);
        assertThat(out.array()).hasSizeBetween(100_000, 300_000);
    }

    @Test
    void exhaustedMemoryStopsTheResponse() {
        MemoryBudget budget = new MemoryBudget(1 << 20, List.of("default"));
        JsonBuffer out = new JsonBuffer(1 << 30, 0, new Cancellation(budget.open("default", "key")));
        byte[] piece = new byte[1000];
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 2000; i++) {
                        out.raw(piece);
                    }
                })
                .isInstanceOf(MemoryExhaustedException.class);
    }

    @Test
    void intermediateTextReportsItsGrowth() {
        AtomicLong bytes = new AtomicLong();
        JsonBuffer out = JsonBuffer.intermediate(bytes::addAndGet);
        int initial = out.array().length;
        assertThat(bytes).hasValue(0);
        for (int i = 0; i < 10_000; i++) {
            out.ascii("0123456789");
        }
        assertThat(bytes).hasValue(out.array().length - initial);
    }

    @Test
    void cancelledWorkStopsWithinAFewRows() {
        Cancellation work = new Cancellation();
        JsonBuffer out = new JsonBuffer(1000, 0, work);
        out.checkpoint();
        work.cancel(Reason.DISCONNECT);
        assertThatThrownBy(() -> {
                    for (int row = 0; row < 20; row++) {
                        out.checkpoint();
                    }
                })
                .isInstanceOf(CancelledException.class);
    }
}
