package dev.hasten.schema;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.PlanValue;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Several queries for one record each, as one plan that reads all of them.
 *
 * @param values for the placeholders of the plan and of the arguments
 */
public record CompiledBatch(Shape shape, Map<String, PlanValue> values) {
    /**
     * What is the same for all batches that differ in data only.
     *
     * @param arguments of each query: what the record's keys must be
     * @param selection the fields that the queries asked for
     * @param keys the fields that tell the records apart
     * @param required whether it is an error when a record does not exist
     */
    public record Shape(
            ParsedPlan plan,
            List<Map<String, PlanValue>> arguments,
            Set<String> selection,
            List<String> keys,
            boolean required) {
        public Shape {
            arguments = List.copyOf(arguments);
            selection = Set.copyOf(selection);
            keys = List.copyOf(keys);
        }
    }
}
