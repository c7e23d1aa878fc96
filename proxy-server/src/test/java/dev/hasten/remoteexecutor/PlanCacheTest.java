package dev.hasten.remoteexecutor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QueryRequest.Slice;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The same plan is parsed once, and never confused with another one. */
final class PlanCacheTest {
    private final PlanCache plans = new PlanCache(new RequestParser(100, 1_000_000));

    private static String plan(Object value) {
        return "{\"type\":\"value\",\"args\":\"" + value + "\"}";
    }

    private ParsedPlan get(String plan) {
        return get("", plan, "");
    }

    /** Gets the plan of a body. */
    private ParsedPlan get(String before, String plan, String after) {
        return plans.get(
                (before + plan + after).getBytes(UTF_8), new Slice(before.length(), plan.length()), ParseMeter.NONE);
    }

    private static ParsedPlan expected(Object value) {
        return ParsedPlan.of(new PlanNode.Value(new PlanValue.Constant(value.toString())), 0);
    }

    @Test
    void samePlanIsParsedOnce() {
        ParsedPlan first = get(plan(1));
        assertThat(first.plan()).isEqualTo(expected(1).plan());
        assertThat(get(plan(1))).isSameAs(first);
        assertThat(get("{\"plan\":", plan(1), ",\"params\":{\"a\":2}}"))
                .as("in another body")
                .isSameAs(first);
    }

    @Test
    void otherPlanIsParsed() {
        assertThat(get(plan(1)).plan()).isEqualTo(expected(1).plan());
        assertThat(get(plan(2)).plan()).isEqualTo(expected(2).plan());
        assertThat(get(plan(10)).plan()).isEqualTo(expected(10).plan());
    }

    @Test
    void plansWithTheSameLengthAndChecksumAreNotConfused() {
        Map<Long, String> byChecksum = new HashMap<>();
        String value = "";
        String other = null;
        for (long i = 1; other == null; i++) {
            value = "%016x".formatted(i * 0x9E3779B97F4A7C15L);
            CRC32C checksum = new CRC32C();
            checksum.update(plan(value).getBytes(UTF_8));
            other = byChecksum.put(checksum.getValue(), value);
        }
        assertThat(get(plan(value)).plan()).isEqualTo(expected(value).plan());
        assertThat(get(plan(other)).plan()).isEqualTo(expected(other).plan());
        assertThat(get(plan(value)).plan()).isEqualTo(expected(value).plan());
    }

    @Test
    void largePlanIsNotKept() {
        String largest = plan("x".repeat((256 << 10) - plan("").length()));
        assertThat(get(largest)).isSameAs(get(largest));
        String larger = plan("x".repeat((256 << 10) - plan("").length() + 1));
        assertThat(get(larger).plan())
                .isEqualTo(get(larger).plan())
                .isNotSameAs(get(larger).plan());
    }

    @Test
    void malformedPlanIsRejectedEveryTime() {
        for (int i = 0; i < 2; i++) {
            ApiError error = catchThrowableOfType(ApiError.class, () -> get("{\"type\":\"teleport\"}"));
            assertThat(error.code()).isEqualTo("P6006");
        }
    }
}
