package dev.hasten.prisma;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.JsonNumbers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Parses the timeouts that clients can request when they start a transaction. */
public final class TransactionTimes {
    /** Longer times are probably mistakes. The limit also prevents overflow. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private TransactionTimes() {}

    /**
     * Returns a number of milliseconds in the body as a duration, or null if it is missing.
     *
     * @throws ApiError P6000 if it is not a number, P6005 if it is not more than 0 and at most a day
     */
    public static @Nullable Duration milliseconds(JsonNode body, String name) {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw ApiError.badRequest("Invalid request body: `" + name + "` must be a number of milliseconds");
        }
        double millis = JsonNumbers.toDouble(value);
        if (!(millis > 0) || millis > LONGEST.toMillis()) {
            throw ApiError.invalidParameters("Invalid transaction parameters: `" + name
                    + "` must be more than 0 and at most " + LONGEST.toMillis() + " milliseconds");
        }
        return Duration.ofNanos((long) (millis * 1_000_000));
    }
}
