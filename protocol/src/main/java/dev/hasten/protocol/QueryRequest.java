package dev.hasten.protocol;

import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of the remote-executor protocol to run a plan.
 *
 * @param model the model that the app named, null for raw queries
 * @param operation such as {@code findUnique}; what the client claims, not what the plan does
 * @param plan where the plan's JSON stands in the body
 * @param parameters values for the plan's placeholders
 * @param comments key/values for a comment in the SQL, empty for none
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
