package dev.hasten.admin;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.KeyScope;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Management of API keys over the admin API. */
final class KeyEndpoints {
    private static final List<String> FIELDS = List.of("name", "database", "scopes", "expires");

    private final ApiKeys keys;
    private final Set<String> databases;
    private final Clock clock;

    private record KeyList(List<Key> keys) {}

    private record Key(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            boolean expired,
            String source) {}

    /** A new key. No other response contains its token. */
    private record NewKey(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            String token) {}

    KeyEndpoints(ApiKeys keys, Set<String> databases, Clock clock) {
        this.keys = keys;
        this.databases = databases;
        this.clock = clock;
    }

    /** Returns 200 with all keys, those in the configuration first. */
    Response list() {
        Instant now = clock.instant();
        return AdminJson.response(
                200,
                new KeyList(keys.list().stream().map(key -> described(key, now)).toList()));
    }

    private static Key described(ApiKey key, Instant now) {
        return new Key(
                key.id(),
                key.name(),
                key.database(),
                KeyScope.texts(key.scopes()),
                key.created(),
                key.expires(),
                key.expired(now),
                key.source().name().toLowerCase(Locale.ROOT));
    }

    /** Returns 201 with the token, or throws 400 if the request is invalid. */
    Response create(Exchange exchange) {
        KeyRequest request = request(AdminJson.object(exchange.body(), FIELDS));
        CreatedKey created;
        try {
            created = request.make(keys, databases, clock.instant());
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
        ApiKey key = created.key();
        return AdminJson.response(
                201,
                new NewKey(
                        key.id(),
                        key.name(),
                        key.database(),
                        KeyScope.texts(key.scopes()),
                        key.created(),
                        key.expires(),
                        created.token()));
    }

    private static KeyRequest request(JsonNode body) {
        String name = AdminJson.text(body, "name");
        if (name == null) {
            throw ApiError.badRequest(
                    "Invalid request body: `name` is missing; it must be a string with 1 to 64 characters that"
                            + " says what the key is for");
        }
        return new KeyRequest(
                name,
                AdminJson.text(body, "database"),
                AdminJson.texts(body, "scopes"),
                AdminJson.text(body, "expires"));
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
            throw ApiError.of(404, "P6000", "No API key has this id; GET /keys lists the keys");
        }
        return Response.empty(204);
    }
}
