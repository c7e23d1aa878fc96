package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Isolation levels as clients name them, and as SQL does. */
final class IsolationLevels {
    private IsolationLevels() {}

    /**
     * The level as SQL says it, null when the client names none.
     *
     * @throws ApiError P2023 for a level that PostgreSQL does not have
     */
    static @Nullable String sql(JsonNode name) {
        if (name.isMissingNode() || name.isNull()) {
            return null;
        }
        String level = name.asString("");
        return switch (level) {
            case "ReadUncommitted", "READ UNCOMMITTED" -> "READ UNCOMMITTED";
            case "ReadCommitted", "READ COMMITTED" -> "READ COMMITTED";
            case "RepeatableRead", "REPEATABLE READ" -> "REPEATABLE READ";
            case "Serializable", "SERIALIZABLE" -> "SERIALIZABLE";
            default ->
                throw ApiError.inconsistentColumnData(
                        "Inconsistent column data: Conversion failed: Invalid isolation level `" + level
                                + "`. PostgreSQL has ReadUncommitted, ReadCommitted, RepeatableRead and Serializable");
        };
    }
}
