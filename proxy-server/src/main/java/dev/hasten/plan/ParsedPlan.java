package dev.hasten.plan;

import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.PlanNode;
import org.jspecify.annotations.Nullable;

/**
 * A plan with the result of its analysis.
 *
 * @param fingerprint a hash of the text that the plan was made from, for statistics
 */
public record ParsedPlan(PlanNode plan, PureReads reads, long fingerprint) {
    /** Analyzes a plan. The cost is proportional to the size of the plan and its SQL. */
    public static ParsedPlan of(PlanNode plan, long fingerprint) {
        return new ParsedPlan(plan, PureReads.of(plan), fingerprint);
    }

    /** The SQL of the app, if the plan only runs that; otherwise null. */
    public @Nullable String rawSql() {
        DbQuery query = switch (plan) {
            case PlanNode.Query(DbQuery reads) -> reads;
            case PlanNode.Execute(DbQuery writes) -> writes;
            default -> null;
        };
        return query instanceof DbQuery.RawSql raw ? raw.sql() : null;
    }
}
