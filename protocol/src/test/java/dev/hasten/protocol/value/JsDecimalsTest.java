package dev.hasten.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsDecimalsTest {
    @Test
    void normalisesEveryReferenceDecimalAsDecimalJsDoes() {
        Reference.forEach("decimal", (input, expected) -> {
            String text = input.stringValue();
            if (expected.isNull()) {
                assertThatThrownBy(() -> JsDecimals.normalize(text))
                        .as(text)
                        .isInstanceOf(NumberFormatException.class)
                        .hasMessage("[DecimalError] Invalid argument: " + text);
            } else {
                assertThat(JsDecimals.normalize(text)).as(text).isEqualTo(expected.stringValue());
            }
        });
    }

    @Test
    void normalTextIsReturnedAsTheSameInstance() {
        for (String normal : new String[] {"0", "-1", "0.5", "10", "-0.000001", "123456789012345678901.5", "63"}) {
            assertThat(JsDecimals.normalize(normal)).isSameAs(normal);
        }
    }

    @Test
    void everyDigitOfLongDecimalsIsKept() {
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            BigDecimal value =
                    new BigDecimal(new BigInteger(random.nextInt(20_000), random), random.nextInt(4000) - 1000);
            assertThat(new BigDecimal(JsDecimals.normalize(value.toPlainString())))
                    .isEqualByComparingTo(value);
            assertThat(JsDecimals.normalize(value.toString())).isEqualTo(JsDecimals.normalize(value.toPlainString()));
        }
    }
}
