package dev.hasten.protocol.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations on rows in memory, in this order: distinct, pagination, reverse, then the nested fields.
 *
 * @param distinct fields to compare; null for none
 * @param linkingFields the fields that identify the parent of a row, if pagination is per parent; null for none
 */
public record InMemoryOperations(
        @Nullable Pagination pagination,
        @Nullable List<String> distinct,
        boolean reverse,
        @Nullable List<String> linkingFields,
        Map<String, InMemoryOperations> nested) {

    /** The cursor row to start at, the number of rows to skip from there and the number to take; each null for none. */
    public record Pagination(
            @Nullable Map<String, PlanValue> cursor,
            @Nullable Long take,
            @Nullable Long skip) {}
}
