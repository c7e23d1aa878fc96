package dev.hasten.remoteexecutor;

import dev.hasten.postgres.Access;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.prisma.TransactionTimes;
import dev.hasten.protocol.ApiError;
import dev.hasten.transaction.TransactionRegistry.StartOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of a call that starts a transaction.
 *
 * @param nestedIn the ID of an open transaction in which to create a savepoint; null to start a new transaction
 */
record TransactionStartRequest(
        StartOptions options, @Nullable String nestedIn) {
    static TransactionStartRequest of(JsonNode body, Access access, String owner) {
        return new TransactionStartRequest(
                new StartOptions(
                        TransactionTimes.milliseconds(body, "timeout"),
                        TransactionTimes.milliseconds(body, "maxWait"),
                        isolationLevel(body),
                        access,
                        owner),
                text(body, "newTxId"));
    }

    private static @Nullable IsolationLevel isolationLevel(JsonNode body) {
        String name = text(body, "isolationLevel");
        if (name == null) {
            return null;
        }
        // A level of other databases, which the client's type allows.
        if (name.equals("SNAPSHOT")) {
            throw ApiError.transaction("Invalid isolation level: " + name, Map.of("isolationLevel", name));
        }
        return IsolationLevel.ofSql(name)
                .orElseThrow(() -> ApiError.badRequest(
                        "Invalid request body: `isolationLevel` must be one of \"READ UNCOMMITTED\","
                                + " \"READ COMMITTED\", \"REPEATABLE READ\" and \"SERIALIZABLE\""));
    }

    private static @Nullable String text(JsonNode body, String name) {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw ApiError.badRequest("Invalid request body: `" + name + "` must be a string");
        }
        return value.stringValue();
    }
}
