package dev.hasten.admin;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.auth.KeyMeter;
import dev.hasten.auth.KeyMeter.LimitState;
import dev.hasten.auth.KeyMeters;
import dev.hasten.config.KeyLimits;
import dev.hasten.config.KeyScope;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Management of API keys over the admin API. */
final class KeyEndpoints {
    private final ApiKeys keys;
    private final KeyMeters meters;
    private final Set<String> databases;
    private final Clock clock;

    /** {@code GET /keys}. */
    record KeyList(List<Key> keys) {}

    /**
     * A key without its token.
     *
     * @param previousTokenUntil when the last earlier token expires; null if no earlier token is accepted
     * @param limits as they are set
     * @param limitStates only of those that are set
     */
    record Key(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            boolean expired,
            String source,
            @Nullable Instant previousTokenUntil,
            Limits limits,
            List<LimitState> limitStates,
            Usage usage) {}

    /** The limits of a key; 0 means none. */
    record Limits(
            int requestsPerSecond,
            int burst,
            int maxConcurrent,
            long requestsPerDay,
            long requestsPerMonth,
            long bytesPerDay,
            long bytesPerMonth) {
        static Limits of(KeyLimits limits) {
            return new Limits(
                    limits.requestsPerSecond(),
                    limits.effectiveBurst(),
                    limits.concurrent(),
                    limits.requestsPerDay(),
                    limits.requestsPerMonth(),
                    limits.bytesPerDay(),
                    limits.bytesPerMonth());
        }
    }

    /**
     * The use of a key. Days and months are those of UTC.
     *
     * @param lastUsed null if it was never used
     * @param refused requests that exceeded a limit, since the server started
     */
    record Usage(
            @Nullable Instant lastUsed,
            long requestsToday,
            long bytesToday,
            long requestsThisMonth,
            long bytesThisMonth,
            long refused,
            int running) {}

    /** {@code POST /keys}; 0 or an absent limit means none. */
    record NewKeyRequest(
            String name,
            @Nullable String database,
            @Nullable List<String> scopes,
            @Nullable String expires,
            @Nullable Integer requestsPerSecond,
            @Nullable Integer burst,
            @Nullable Integer maxConcurrent,
            @Nullable Long requestsPerDay,
            @Nullable Long requestsPerMonth,
            @Nullable Long bytesPerDay,
            @Nullable Long bytesPerMonth) {}

    /** A new key. No other response contains its token. */
    record NewKey(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            String token) {}

    /** @param overlap how long the current token is still accepted, such as 24h; 0 if it is absent */
    record RotateRequest(@Nullable String overlap) {}

    KeyEndpoints(ApiKeys keys, KeyMeters meters, Set<String> databases, Clock clock) {
        this.keys = keys;
        this.meters = meters;
        this.databases = databases;
        this.clock = clock;
    }

    /** Returns 200 with all keys, those in the configuration first. */
    Response list(Exchange exchange) {
        Instant now = clock.instant();
        return AdminJson.response(
                200,
                new KeyList(keys.list().stream().map(key -> described(key, now)).toList()));
    }

    private Key described(ApiKey key, Instant now) {
        // Listing must not create meters: there can be very many keys.
        KeyMeter known = meters.find(key);
        KeyMeter meter = known == null ? new KeyMeter(now) : known;
        KeyMeter.Usage usage = meter.usage(now);
        return new Key(
                key.id(),
                key.name(),
                key.database(),
                KeyScope.texts(key.scopes()),
                key.created(),
                key.expires(),
                key.expired(now),
                key.source().name().toLowerCase(Locale.ROOT),
                keys.previousTokenUntil(key),
                Limits.of(key.limits()),
                meter.states(key.limits(), now, System.nanoTime()),
                new Usage(
                        usage.lastUsed(),
                        usage.requestsToday(),
                        usage.bytesToday(),
                        usage.requestsThisMonth(),
                        usage.bytesThisMonth(),
                        usage.refused(),
                        usage.running()));
    }

    /** Returns 201 with the token, or throws 400 if the request is invalid. */
    Response create(Exchange exchange) {
        NewKeyRequest body = AdminJson.read(exchange.body(), NewKeyRequest.class);
        try {
            KeyRequest request =
                    new KeyRequest(body.name(), body.database(), body.scopes(), body.expires(), limits(body));
            return created(201, request.make(keys, databases, clock.instant()));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static KeyLimits limits(NewKeyRequest body) {
        return new KeyLimits(
                orNone(body.requestsPerSecond()),
                orNone(body.burst()),
                orNone(body.maxConcurrent()),
                orNone(body.requestsPerDay()),
                orNone(body.requestsPerMonth()),
                orNone(body.bytesPerDay()),
                orNone(body.bytesPerMonth()));
    }

    private static int orNone(@Nullable Integer limit) {
        return limit == null ? 0 : limit;
    }

    private static long orNone(@Nullable Long limit) {
        return limit == null ? 0 : limit;
    }

    private static Response created(int status, CreatedKey created) {
        ApiKey key = created.key();
        return AdminJson.response(
                status,
                new NewKey(
                        key.id(),
                        key.name(),
                        key.database(),
                        KeyScope.texts(key.scopes()),
                        key.created(),
                        key.expires(),
                        created.token()));
    }

    /** Returns 200 with the new token, or throws as {@link #revoke}. */
    Response rotate(Exchange exchange) {
        String text = exchange.body().length == 0
                ? null
                : AdminJson.read(exchange.body(), RotateRequest.class).overlap();
        CreatedKey rotated;
        try {
            rotated = keys.rotate(exchange.pathParameter("id"), overlap(text));
        } catch (IllegalArgumentException e) {
            throw ApiError.of(409, "P6000", String.valueOf(e.getMessage()));
        }
        if (rotated == null) {
            throw unknown();
        }
        return created(200, rotated);
    }

    private static Duration overlap(@Nullable String text) {
        try {
            return KeyExpiry.overlap(text);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("overlap: " + e.getMessage());
        }
    }

    /**
     * Returns 204, or throws 404 for an unknown id and 409 for a key in the configuration, which must be removed there.
     */
    Response revoke(Exchange exchange) {
        boolean revoked;
        try {
            revoked = keys.revoke(exchange.pathParameter("id"));
        } catch (IllegalArgumentException e) {
            throw ApiError.of(409, "P6000", String.valueOf(e.getMessage()));
        }
        if (!revoked) {
            throw unknown();
        }
        return Response.empty(204);
    }

    private static ApiError unknown() {
        return ApiError.of(404, "P6000", "No API key has this id; GET /keys lists the keys");
    }
}
