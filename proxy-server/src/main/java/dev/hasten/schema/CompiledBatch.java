package dev.hasten.schema;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.PlanValue;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Several queries that each read one record, compiled to a single plan that reads all records.
 *
 * @param values the values of the placeholders in the plan and in the arguments
 */
public record CompiledBatch(Shape shape, Map<String, PlanValue> values) {
    /**
     * The part that is the same for all batches that differ only in their data.
     *
     * @param arguments for each query, the values that the record must have in the fields {@code keys}
     * @param selection the fields that the queries select
     * @param keys the fields that identify a record
     * @param uuids those of the keys that are UUIDs, which have several texts
     * @param exact whether equal keys have equal values, or are UUIDs. Otherwise, PostgreSQL may find a record by another
     *     value, such as {@code a} in a {@code char(2)} column for {@code "a "}.
     * @param required whether a missing record is an error
     */
    public record Shape(
            ParsedPlan plan,
            List<Map<String, PlanValue>> arguments,
            Set<String> selection,
            List<String> keys,
            Set<String> uuids,
            boolean exact,
            boolean required) {
        public Shape {
            arguments = List.copyOf(arguments);
            selection = Set.copyOf(selection);
            keys = List.copyOf(keys);
            uuids = Set.copyOf(uuids);
        }
    }
}
