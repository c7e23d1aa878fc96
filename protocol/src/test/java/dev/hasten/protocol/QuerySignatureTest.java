package dev.hasten.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuerySignatureTest {
    private static String signature(String body) {
        return QuerySignature.of("", body.getBytes(UTF_8), QuerySignature.Member.COMMENTS)
                .toString();
    }

    @Test
    void itIsTheSha256OfABodyWithoutComments() throws NoSuchAlgorithmException {
        String body = "{\"plan\":{\"a\":[1,2]},\"params\":{}}";
        assertThat(signature(body))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"plan\":1,\"comments\":{\"traceparent\":\"00-1\"}}",
                "{\"plan\":1,\"comments\":{\"a\":\"}\\\",{\\\\\"}}",
                "{\"plan\":1,\"comments\" : {\"a\":{\"comments\":[1,{}]}, \"b\":\"2\"} }",
                "{\"plan\":1,\"comments\":null}",
                "{\"plan\":1 , \"comments\":null}",
                "{\"plan\":1,\"comments\":{},\"comments\":{\"a\":\"1\"}}",
                "{\"comments\":{\"a\":\"1\"},\"plan\":1}",
                "{\"comments\":{\"a\":\"1\"},\"comments\":2,\"plan\":1,\"comments\":3}",
            })
    void aBodyWithCommentsHasTheSignatureOfOneWithout(String body) {
        assertThat(signature(body.replace(" ,", ","))).isEqualTo(signature("{\"plan\":1}"));
    }

    @Test
    void commentsMayStandBetweenOtherMembers() {
        assertThat(signature("{\"x\":1,\"comments\":{\"a\":[1,2]},\"plan\":{\"y\":[]}}"))
                .isEqualTo(signature("{\"x\":1,\"plan\":{\"y\":[]}}"));
        assertThat(signature("{\"comments\":{}}")).isEqualTo(signature("{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"plan\":{\"comments\":%s}}",
                "{\"plan\":[{\"comments\":%s}]}",
                "{\"plan\":\"comments\",\"params\":%s}",
                "{\"plan\":\"\\\"comments\\\":\",\"params\":%s}",
                "{\"params\":{\"comments\":%s},\"comments\":{}}",
                "{\"comments\":{},\"params\":{\"comments\":%s}}",
                "{\"comment\":%s}",
                "{\"\\\"comments\":%s}",
                "{\"comm\\u0065nts\":%s}",
            })
    void everyOtherMemberIsPartOfTheSignature(String template) {
        assertThat(signature(template.formatted("1"))).isNotEqualTo(signature(template.formatted("2")));
    }

    @Test
    void theNameIsFoundAtEveryOffset() {
        for (int i = 0; i < 40; i++) {
            String start = "{\"" + "x".repeat(i) + "\":1,\"comments\":";
            assertThat(signature(start + "{\"a\":\"1\"}}")).isEqualTo(signature(start + "{\"a\":\"2\"}}"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"comments\"",
                "{\"comments\":",
                "{\"comments\":\"",
                "{\"comments\":\"\\",
                "\"comments\"",
                "]]]}}\"comments\""
            })
    void invalidJsonAlsoHasASignature(String body) {
        assertThat(signature(body)).hasSize(64);
    }

    @Test
    void noBytesMakeItFail() {
        String[] pieces = {"{", "}", "[", "]", ",", ":", "\"", "\\", "\"comments\"", "\"comments\":1", "1", " "};
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            StringBuilder body = new StringBuilder();
            for (int j = random.nextInt(12); j >= 0; j--) {
                body.append(pieces[random.nextInt(pieces.length)]);
            }
            assertThat(signature(body.toString())).as(body.toString()).hasSize(64);
        }
    }
}
