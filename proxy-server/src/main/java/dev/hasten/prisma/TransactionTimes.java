package dev.hasten.prisma;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.JsonNumbers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The times that clients may ask for at the start of a transaction. */
public final class TransactionTimes {
    /** Nobody means a longer one; it also keeps times in range. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private TransactionTimes() {}

    /**
     * A number of milliseconds in the body, null when it is not there.
     *
     * @throws ApiError P6000 when it is no number, P6005 when it is not above 0 and up to a day
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
