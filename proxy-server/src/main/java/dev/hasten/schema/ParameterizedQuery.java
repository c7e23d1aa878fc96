package dev.hasten.schema;

import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;

/**
 * A query whose data was taken out.
 *
 * @param text the query with placeholders for the data, as JSON for the compiler; the same for all queries that differ in
 *     data only
 * @param values the data by the names of the placeholders
 */
record ParameterizedQuery(String text, Map<String, PlanValue> values) {}
