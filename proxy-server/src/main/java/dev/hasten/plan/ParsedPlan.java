package dev.hasten.plan;

import dev.hasten.protocol.plan.PlanNode;

/**
 * A plan and what was found out about it.
 *
 * @param pureRead see {@link PureReads}
 */
public record ParsedPlan(PlanNode plan, boolean pureRead) {
    /** Looks at a plan. Costs a walk over it and its SQL. */
    public static ParsedPlan of(PlanNode plan) {
        return new ParsedPlan(plan, PureReads.isPureRead(plan));
    }
}
