package dev.hasten.protocol.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens to rows in memory, in this order: distinct, pagination, reverse, then the nested fields.
 *
 * @param distinct fields to compare, null for none
 * @param linkingFields the fields that tell which parent a row belongs to; pagination is per parent then
 */
public record InMemoryOperations(
        @Nullable Pagination pagination,
        @Nullable List<String> distinct,
        boolean reverse,
        @Nullable List<String> linkingFields,
        Map<String, InMemoryOperations> nested) {

    /** A cursor row to start at, rows to skip from there, rows to take; null for none. */
    public record Pagination(
            @Nullable Map<String, PlanValue> cursor,
            @Nullable Long take,
            @Nullable Long skip) {}
}
