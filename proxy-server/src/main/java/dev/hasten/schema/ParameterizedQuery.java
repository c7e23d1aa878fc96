package dev.hasten.schema;

import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;

/**
 * A query with placeholders in place of its data.
 *
 * @param text the query with placeholders, as JSON for the compiler; the same for all queries that differ only in their
 *     data
 * @param values the data, by name of the placeholder
 */
record ParameterizedQuery(String text, Map<String, PlanValue> values) {}
