package dev.hasten.remoteexecutor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses have data if the plan has a value; only pure reads by an operation that can be cached are cacheable. */
final class PlanQueryTest {
    private static String framed(@Nullable String value, @Nullable String extensions) {
        return PlanQuery.framed(
                        value == null ? null : JsonBuffer.of(value.getBytes(UTF_8)),
                        extensions == null ? null : extensions.getBytes(UTF_8))
                .toString();
    }

    @Test
    void valueAndTelemetryAreMembersOfTheResponse() {
        assertThat(framed("[1]", null)).isEqualTo("{\"data\":[1]}");
        assertThat(framed("null", null)).isEqualTo("{\"data\":null}");
        assertThat(framed("[1]", "{\"logs\":[]}")).isEqualTo("{\"data\":[1],\"extensions\":{\"logs\":[]}}");
        assertThat(framed(null, null)).isEqualTo("{}");
        assertThat(framed(null, "{\"logs\":[]}")).isEqualTo("{\"extensions\":{\"logs\":[]}}");
    }

    private static boolean cacheable(String operation, boolean pureRead, Map<String, PlanValue> parameters) {
        PlanNode read = new PlanNode.Unit();
        PlanNode plan = pureRead ? read : new PlanNode.Transaction(read);
        // A plan without statements needs no database.
        return new Job(ParsedPlan.of(plan, 0), parameters, "")
                        .proof(operation, null, new Cancellation())
                        .uncached()
                == null;
    }

    @ParameterizedTest
    @CsvSource({
        "findUnique, true",
        "findUniqueOrThrow, true",
        "findFirst, true",
        "findFirstOrThrow, true",
        "findMany, true",
        "count, true",
        "aggregate, true",
        "groupBy, true",
        "createOne, false",
        "updateMany, false",
        "queryRaw, false",
        "executeRaw, false",
        "FindMany, false",
    })
    void onlySomeOperationsAreCacheable(String operation, boolean cacheable) {
        assertThat(cacheable(operation, true, Map.of())).isEqualTo(cacheable);
        assertThat(cacheable(operation, false, Map.of())).as("writes").isFalse();
    }

    /** A parameter could generate a new value for each request. */
    @Test
    void queryWithAGeneratedParameterIsNotCacheable() {
        assertThat(cacheable("findMany", true, Map.of("a", new PlanValue.Constant(1L))))
                .isTrue();
        assertThat(cacheable("findMany", true, Map.of("a", new PlanValue.GeneratorCall("now", List.of()))))
                .isFalse();
    }
}
