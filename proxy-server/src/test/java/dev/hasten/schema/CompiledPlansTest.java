package dev.hasten.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.schema.CompiledPlans.Compiled;
import org.junit.jupiter.api.Test;

/** Compiled plans are found by schema and query, and the look-ups are counted. */
final class CompiledPlansTest {
    private static final Compiled PLAN = new Compiled.Query(ParsedPlan.of(new PlanNode.Unit(), 0));
    private static final Compiled ONE_BY_ONE = new Compiled.Batch(null);

    private final CompiledPlans plans = new CompiledPlans();

    @Test
    void planIsFoundBySchemaAndQuery() {
        assertThat(plans.find("schema", "query")).isNull();
        plans.put("schema", "query", PLAN, 100);
        assertThat(plans.find("schema", "query")).isSameAs(PLAN);
        assertThat(plans.find("schema", "other query")).isNull();
        assertThat(plans.find("other schema", "query")).isNull();
    }

    @Test
    void batchThatCannotBeCompactedIsRemembered() {
        plans.put("schema", "batch", ONE_BY_ONE, 0);
        assertThat(plans.find("schema", "batch")).isSameAs(ONE_BY_ONE);
    }

    @Test
    void hitsAndCompilationsAreCounted() {
        plans.find("schema", "query");
        plans.put("schema", "query", PLAN, 100);
        plans.find("schema", "query");
        plans.find("schema", "query");
        plans.find("schema", "another query");
        assertThat(plans.hits()).isEqualTo(2);
        assertThat(plans.misses()).isEqualTo(1);
    }

    /** Such queries contain long lists of literals and are not repeated. */
    @Test
    void longQueryIsCompiledButNotKept() {
        String longest = "x".repeat(64 << 10);
        plans.put("schema", longest, PLAN, 100);
        plans.put("schema", longest + "x", PLAN, 100);
        assertThat(plans.find("schema", longest)).isSameAs(PLAN);
        assertThat(plans.find("schema", longest + "x")).isNull();
        assertThat(plans.misses()).isEqualTo(2);
    }
}
