package dev.hasten.dataproxy;

import dev.hasten.postgres.IsolationLevel;
import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads isolation levels, which clients name as Prisma does or as SQL does. */
final class IsolationLevels {
    private IsolationLevels() {}

    /**
     * Returns the level, or null if the client does not specify one.
     *
     * @throws ApiError P2023 if PostgreSQL does not have the level
     */
    static @Nullable IsolationLevel of(JsonNode name) {
        if (name.isMissingNode() || name.isNull()) {
            return null;
        }
        String level = name.asString("");
        return IsolationLevel.ofClientName(level)
                .or(() -> IsolationLevel.ofSql(level))
                .orElseThrow(() -> ApiError.inconsistentColumnData(
                        "Inconsistent column data: Conversion failed: Invalid isolation level `" + level + "`"));
    }
}
