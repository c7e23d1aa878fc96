package dev.hasten.plan;

import dev.hasten.protocol.plan.PlanNode;

/**
 * A plan with the result of its analysis.
 *
 * @param pureRead whether it is proved to be a pure read; see {@link PureReads}
 */
public record ParsedPlan(PlanNode plan, boolean pureRead) {
    /** Analyzes a plan. The cost is proportional to the size of the plan and its SQL. */
    public static ParsedPlan of(PlanNode plan) {
        return new ParsedPlan(plan, PureReads.isPureRead(plan));
    }
}
