package dev.hasten.plan;

import dev.hasten.protocol.plan.PlanNode;

/** A plan with the result of its analysis. */
public record ParsedPlan(PlanNode plan, PureReads reads) {
    /** Analyzes a plan. The cost is proportional to the size of the plan and its SQL. */
    public static ParsedPlan of(PlanNode plan) {
        return new ParsedPlan(plan, PureReads.of(plan));
    }
}
