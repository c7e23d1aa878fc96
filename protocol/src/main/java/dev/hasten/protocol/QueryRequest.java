package dev.hasten.protocol;

import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to run a plan in the remote-executor protocol.
 *
 * @param model the model of the query; null for raw queries
 * @param operation operation such as {@code findUnique}; as stated by the client, not derived from the plan
 * @param plan the position of the plan's JSON in the body
 * @param parameters values for the plan's placeholders
 * @param comments keys and values for a comment in the SQL; empty for none
 */
public record QueryRequest(
        @Nullable String model,
        String operation,
        Slice plan,
        Map<String, PlanValue> parameters,
        Map<String, String> comments) {

    /** A range of the body's bytes. */
    public record Slice(int offset, int length) {}
}
