package dev.hasten.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private final RequestParser parser = new RequestParser(20, 100_000);

    private QueryRequest query(String body) {
        return parser.query(body.getBytes(UTF_8), ParseMeter.NONE);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.status()).isEqualTo(400);
            assertThat(error.code()).isEqualTo("P6000");
            assertThat(error.text()).contains(text);
        });
    }

    @Test
    void aRequestIsReadInAnyOrderAndUnknownFieldsAreIgnored() {
        QueryRequest request = query("""
                {"params": {"%1": 7}, "future": [1, {"x": 2}], "plan": {"type": "unit"}, "comments": {"app": "shop"},
                 "operation": "findUnique", "model": "User"}""");
        assertThat(request.model()).isEqualTo("User");
        assertThat(request.operation()).isEqualTo("findUnique");
        assertThat(request.comments()).containsEntry("app", "shop");
        assertThat(request.parameters()).containsEntry("%1", new PlanValue.Constant(7L));
    }

    @Test
    void thePlanSliceIsExactAlsoAfterMultiByteText() {
        String body = "{\"operation\": \"ä€😀\",  \"plan\" : {\"type\":\"unit\"} , \"params\": {}}";
        QueryRequest request = query(body);
        byte[] bytes = body.getBytes(UTF_8);
        assertThat(new String(bytes, request.plan().offset(), request.plan().length(), UTF_8))
                .isEqualTo("{\"type\":\"unit\"}");
        assertThat(parser.plan(bytes, request.plan(), ParseMeter.NONE)).isEqualTo(new PlanNode.Unit());
    }

    @Test
    void parametersKeepTheirValuesExactly() {
        QueryRequest request = query("""
                {"operation": "x", "plan": {}, "params": {"int": 9007199254740993, "big": 123456789012345678901234567890,
                 "float": 1.5, "text": "é", "none": null, "list": [1, "a", [true]], "now":
                 {"prisma__type": "generatorCall", "prisma__value": {"name": "now", "args": []}}}}""");
        assertThat(request.parameters())
                .containsEntry("int", new PlanValue.Constant(9007199254740993L))
                .containsEntry("big", new PlanValue.Constant(new BigInteger("123456789012345678901234567890")))
                .containsEntry("float", new PlanValue.Constant(1.5))
                .containsEntry("text", new PlanValue.Constant("é"))
                .containsEntry("none", new PlanValue.Constant(null))
                .containsEntry("list", new PlanValue.Constant(List.of(1L, "a", List.of(true))))
                .containsEntry("now", new PlanValue.GeneratorCall("now", List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[] | must be a JSON object",
                "^^ | must be a JSON object",
                "{\"operation\": | not valid JSON at line 1",
                "{} {} | unexpected data after the JSON object",
                "{} | `operation` is missing",
                "{\"operation\": 1} | `operation` must be a non-empty string",
                "{\"operation\": \"\"} | `operation` must be a non-empty string",
                "{\"operation\": \"x\"} | `plan` is missing",
                "{\"operation\": \"x\", \"plan\": []} | `plan` must be an object",
                "{\"operation\": \"x\", \"plan\": {}} | `params` is missing",
                "{\"operation\": \"x\", \"plan\": {}, \"params\": 1} | `params` must be an object",
                "{\"operation\": \"x\", \"plan\": {}, \"params\": {}, \"comments\": {\"a\": 1}} | `comments` must be"
                        + " strings",
                "{\"operation\": \"x\", \"plan\": {}, \"params\": {}, \"model\": 1} | `model` must be a non-empty string",
            })
    void invalidBodiesAreRejectedWithTheReason(String body, String text) {
        assertRefused(() -> query(body), text);
    }

    @Test
    void nestingBeyondTheLimitIsRefusedInPlansAndInParameters() {
        String deep = "{\"a\":".repeat(30) + "1" + "}".repeat(30);
        assertRefused(
                () -> query("{\"operation\": \"x\", \"plan\": " + deep + ", \"params\": {}}"),
                "nest deeper than the limit of 20 levels");
        assertRefused(
                () -> query("{\"operation\": \"x\", \"plan\": {}, \"params\": {\"a\": " + deep + "}}"),
                "nest deeper than the limit of 20 levels");
    }

    @Test
    void errorsDoNotQuoteTheBody() {
        assertThatThrownBy(() -> query("{\"operation\": \"secret-value\" oops"))
                .isInstanceOf(ApiError.class)
                .message()
                .doesNotContain("secret-value", "oops");
    }

    @Test
    void anEmptyBodyIsAnEmptyObject() {
        assertThat(parser.object(new byte[0], ParseMeter.NONE).isEmpty()).isTrue();
    }

    @Test
    void tooManyValuesAreRejectedDuringParsing() {
        AtomicInteger steps = new AtomicInteger();
        byte[] body = ("{\"params\":[" + "[],".repeat(1_000_000) + "[]]}").getBytes(UTF_8);
        assertThatThrownBy(() -> parser.object(body, _ -> steps.incrementAndGet()))
                .isInstanceOfSatisfying(ApiError.class, e -> {
                    assertThat(e.status()).isEqualTo(413);
                    assertThat(e.text())
                            .isEqualTo(
                                    "Invalid request body: it has more than 100000 JSON values and member names (http.max_json_values)");
                });
        assertThat(steps.get() * MeteredParser.STEP).isBetween(100_000, 102_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"query\":\"select 1\",\"params\":[%s]}",
                "{\"queries\":[{\"params\":[]},{\"params\":[%s]}]}",
            })
    void tooManyParametersForPostgresAreRejectedDuringParsing(String body) {
        AtomicInteger steps = new AtomicInteger();
        RequestParser parser = new RequestParser(100, Integer.MAX_VALUE);
        byte[] many = body.formatted("1,".repeat(1_000_000) + "1").getBytes(UTF_8);
        assertThatThrownBy(() -> parser.sql(many, _ -> steps.incrementAndGet()))
                .isInstanceOfSatisfying(ApiError.class, e -> {
                    assertThat(e.status()).isEqualTo(400);
                    assertThat(e.text()).contains("more than 65535 parameters");
                });
        assertThat(steps.get() * MeteredParser.STEP).isBetween(65_535, 67_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"params\":[[%s]]}",
                "{\"params\":[{\"params\":[%s]}]}",
                "{\"other\":[{\"params\":[%s]}]}",
            })
    void listsInParametersMayBeLonger(String body) {
        RequestParser parser = new RequestParser(100, Integer.MAX_VALUE);
        byte[] many = body.formatted("1,".repeat(100_000) + "1").getBytes(UTF_8);
        assertThat(parser.sql(many, ParseMeter.NONE).size()).isEqualTo(1);
    }

    @Test
    void memoryOfAFewValuesIsReportedAtTheEnd() {
        AtomicInteger bytes = new AtomicInteger();
        parser.object("{\"a\":[1,2,{\"b\":null}],\"c\":\"d\"}".getBytes(UTF_8), bytes::addAndGet);
        assertThat(bytes.get()).isBetween(500, 1000);
    }

    @Test
    void anExceptionOfTheMeterEndsTheParsing() {
        byte[] body = ("[" + "1,".repeat(5000) + "1]").getBytes(UTF_8);
        IllegalStateException stop = new IllegalStateException();
        assertThatThrownBy(() -> parser.object(("{\"a\":" + new String(body, UTF_8) + "}").getBytes(UTF_8), _ -> {
                    throw stop;
                }))
                .isSameAs(stop);
    }
}
