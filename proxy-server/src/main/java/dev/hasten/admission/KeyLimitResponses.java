package dev.hasten.admission;

import dev.hasten.activity.RequestActivity;
import dev.hasten.auth.KeyMeter.LimitState;
import dev.hasten.config.KeyLimits;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reports the limits of an API key to its clients: as errors, and with the header fields {@code RateLimit-Policy} and {@code
 * RateLimit} of draft-ietf-httpapi-ratelimit-headers-10.
 */
final class KeyLimitResponses {
    private static final String DEFAULT_UNIT = "requests";

    private KeyLimitResponses() {}

    /** Adds the limits of the key and their state. */
    static Response withState(Response response, RequestActivity.Origin origin, Instant now) {
        List<LimitState> states = origin.meter().states(origin.key().limits(), now, System.nanoTime());
        if (states.isEmpty()) {
            return response;
        }
        return response.header(
                        "RateLimit-Policy",
                        states.stream().map(KeyLimitResponses::policy).collect(Collectors.joining(", ")))
                .header(
                        "RateLimit",
                        states.stream().map(KeyLimitResponses::state).collect(Collectors.joining(", ")));
    }

    private static String policy(LimitState limit) {
        String unit = limit.unit().equals(DEFAULT_UNIT) ? "" : ";qu=\"" + limit.unit() + "\"";
        String window = limit.windowSeconds() == 0 ? "" : ";w=" + limit.windowSeconds();
        return "\"" + limit.name() + "\";q=" + limit.quota() + unit + window;
    }

    private static String state(LimitState limit) {
        String reset = limit.resetSeconds() == 0 ? "" : ";t=" + limit.resetSeconds();
        return "\"" + limit.name() + "\";r=" + limit.remaining() + reset;
    }

    static ApiError exceeded(KeyLimits limits, LimitState limit) {
        String what = switch (limit.name()) {
            case "second" -> "more requests than its burst of " + limits.effectiveBurst() + " at once";
            case "day", "month" -> limit.quota() + " requests this " + limit.name();
            default -> limit.quota() + " bytes this " + limit.name().replace("-bytes", "");
        };
        return ApiError.tooManyRequests(
                "Too many requests: this API key has sent %s. Try again in %d s, or ask the operator for a higher limit"
                        .formatted(what, limit.resetSeconds()),
                Duration.ofSeconds(limit.resetSeconds()));
    }

    static ApiError tooManyConcurrent(int limit) {
        return ApiError.tooManyRequests(
                "Too many requests: %d requests of this API key are running (max_concurrent). Try again later"
                        .formatted(limit),
                Duration.ofSeconds(1));
    }
}
