package dev.hasten.schema;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;

/**
 * A query as a plan.
 *
 * @param values for the placeholders of the plan
 */
public record CompiledQuery(ParsedPlan plan, Map<String, PlanValue> values) {}
