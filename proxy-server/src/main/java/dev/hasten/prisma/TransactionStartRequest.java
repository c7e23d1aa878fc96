package dev.hasten.prisma;

import dev.hasten.protocol.ApiError;
import dev.hasten.transaction.TransactionRegistry.StartOptions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of a call that starts a transaction.
 *
 * @param nestedIn the id of an open transaction, in which a savepoint is made; null for a transaction of its own
 */
record TransactionStartRequest(
        StartOptions options, @Nullable String nestedIn) {
    private static final Set<String> ISOLATION_LEVELS =
            Set.of("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SNAPSHOT", "SERIALIZABLE");

    /** Nobody means a longer one; it also keeps times in range. */
    private static final Duration LONGEST = Duration.ofDays(1);

    static TransactionStartRequest of(JsonNode body) {
        String isolationLevel = text(body, "isolationLevel");
        if (isolationLevel != null && !ISOLATION_LEVELS.contains(isolationLevel)) {
            throw ApiError.badRequest("Invalid request body: `isolationLevel` must be one of READ UNCOMMITTED, READ"
                    + " COMMITTED, REPEATABLE READ, SERIALIZABLE");
        }
        return new TransactionStartRequest(
                new StartOptions(duration(body, "timeout"), duration(body, "maxWait"), isolationLevel),
                text(body, "newTxId"));
    }

    private static @Nullable Duration duration(JsonNode body, String name) {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw ApiError.badRequest("Invalid request body: `" + name + "` must be a number of milliseconds");
        }
        double millis = value.doubleValue();
        if (!(millis > 0) || millis > LONGEST.toMillis()) {
            throw ApiError.invalidParameters("Invalid transaction parameters: `" + name
                    + "` must be more than 0 and at most " + LONGEST.toMillis() + " milliseconds");
        }
        return Duration.ofNanos((long) (millis * 1_000_000));
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
