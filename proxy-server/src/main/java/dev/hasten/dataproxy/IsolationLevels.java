package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Converts the clients' names of isolation levels to SQL. */
final class IsolationLevels {
    private IsolationLevels() {}

    /**
     * Returns the level in SQL, or null if the client does not specify one.
     *
     * @throws ApiError P2023 if PostgreSQL does not have the level
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
                                + "`. PostgreSQL supports ReadUncommitted, ReadCommitted, RepeatableRead and"
                                + " Serializable");
        };
    }
}
