package dev.hasten.schema;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;

/**
 * A query that was compiled to a plan.
 *
 * @param values the values of the plan's placeholders
 */
public record CompiledQuery(ParsedPlan plan, Map<String, PlanValue> values) {}
