package dev.hasten.protocol.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsNumbersTest {
    @Test
    void printsEveryReferenceNumberAsNodeDoes() {
        Reference.forEach("number-to-string", (input, expected) -> {
            double value = fromBits(input.stringValue());
            assertThat(JsNumbers.toString(value)).isEqualTo(expected.stringValue());
            byte[] written = new byte[JsNumbers.MAX_LENGTH + 1];
            int end = JsNumbers.write(value, written, 1);
            assertThat(new String(written, 1, end - 1, ISO_8859_1)).isEqualTo(expected.stringValue());
        });
    }

    @Test
    void parsesEveryReferenceTextAsNodeDoes() {
        Reference.forEach(
                "number-parse",
                (input, expected) -> assertThat(JsNumbers.parse(input.stringValue()))
                        .as(input.toString())
                        .isEqualTo(Double.valueOf(fromBits(expected.stringValue()))));
    }

    @Test
    void everyPrintedDoubleParsesBackAndFits() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 50_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            String text = JsNumbers.toString(value);
            assertThat(JsNumbers.parse(text)).isEqualTo(Double.valueOf(value));
            assertThat(text.length()).isLessThanOrEqualTo(JsNumbers.MAX_LENGTH);
        }
    }

    @Test
    void onlyIntegersBelowTwoToThe53AreSafe() {
        assertThat(JsNumbers.isSafeInteger(9007199254740991.0)).isTrue();
        assertThat(JsNumbers.isSafeInteger(-9007199254740991.0)).isTrue();
        assertThat(JsNumbers.isSafeInteger(-0.0)).isTrue();
        assertThat(JsNumbers.isSafeInteger(9007199254740992.0)).isFalse();
        assertThat(JsNumbers.isSafeInteger(1.5)).isFalse();
        assertThat(JsNumbers.isSafeInteger(Double.NaN)).isFalse();
        assertThat(JsNumbers.isSafeInteger(Double.NEGATIVE_INFINITY)).isFalse();
    }

    private static double fromBits(String hexadecimal) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(hexadecimal, 16));
    }
}
